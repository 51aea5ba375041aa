import { TCP_STATES, emptyTally, type TcpState } from '@closewatch/socket-states';
import type { StateSeries } from '@closewatch/protocol';
import { chartData, pruneLive } from './chart-data.ts';
import { pointsFor, windowOf } from './ranges.ts';

const at = (seconds: number) => 1_000_000_000 + seconds * 1_000;
const window = { fromMs: at(0), toMs: at(100), intervalMs: 5_000 };
const live = (seconds: number, closeWait: number) => ({
  t: at(seconds),
  counts: { ...emptyTally(), close_wait: closeWait },
});

/** History whose CLOSE_WAIT has these highest values; the mean is always lower. */
function history(steps: readonly [seconds: number, closeWait: number | null][], stepMs = 10_000): StateSeries {
  const columns = (state: TcpState) => {
    const max = steps.map(([, value]) => (value === null ? null : state === 'close_wait' ? value : 0));
    const lower = max.map((value) => (value === null ? null : value / 2));
    return { min: lower, avg: lower, max };
  };
  return {
    from: new Date(at(0)).toISOString(),
    to: new Date(at(100)).toISOString(),
    source: 'samples',
    stepMs,
    t: steps.map(([seconds]) => at(seconds)),
    series: Object.fromEntries(TCP_STATES.map((state) => [state, columns(state)])) as StateSeries['series'],
  };
}

const drawn = (data: ReturnType<typeof chartData>) =>
  data.t.map((t, index) => [(t - at(0)) / 1_000, data.series.close_wait[index]]);

describe('chartData', () => {
  it('goes on live where history ends', () => {
    const data = chartData(
      history([
        [70, 1],
        [80, 2],
      ]),
      [live(75, 9), live(85, 3), live(90, 4)],
      { ...window, toMs: at(95) },
    );
    expect(drawn(data)).toEqual([
      [70, 1],
      [80, 2],
      [85, 3],
      [90, 4],
    ]);
  });

  it('draws the highest count of a step, so that a spike stays visible', () => {
    expect(chartData(history([[90, 40]]), [], window).series.close_wait).toEqual([40]);
  });

  it('leaves a gap where samples are missing, and no zero', () => {
    const data = chartData(
      history([
        [10, 5],
        [20, null],
        [30, null],
        [40, null],
        [50, 6],
      ]),
      [],
      { ...window, toMs: at(60) },
    );
    expect(drawn(data)).toEqual([
      [10, 5],
      [10.001, null],
      [50, 6],
    ]);
  });

  it('bridges a single step that happens to hold no sample', () => {
    const data = chartData(
      history(
        [
          [10, 5],
          [15, null],
          [20, 6],
        ],
        5_000,
      ),
      [],
      { ...window, toMs: at(25) },
    );
    expect(drawn(data)).toEqual([
      [10, 5],
      [20, 6],
    ]);
  });

  it('leaves a gap between live points that a lost connection has parted', () => {
    const data = chartData(null, [live(10, 1), live(15, 1), live(60, 2)], { ...window, toMs: at(61) });
    expect(drawn(data)).toEqual([
      [10, 1],
      [15, 1],
      [15.001, null],
      [60, 2],
    ]);
  });

  const every = (from: number, to: number, interval: number, but: readonly number[] = []) =>
    Array.from({ length: (to - from) / interval }, (_, index) => from + index * interval)
      .filter((seconds) => !but.includes(seconds))
      .map((seconds): [number, number] => [seconds, 1]);
  const gapsOf = (data: ReturnType<typeof chartData>) =>
    drawn(data)
      .filter(([, value]) => value === null)
      .map(([seconds]) => Math.round(seconds ?? NaN));

  it('draws a past that was sampled less often, and its gaps', () => {
    const seldom = every(0, 1_800, 60, [600, 660, 720]);
    const data = chartData(history([...seldom, ...every(1_800, 3_600, 10)]), [], { ...window, toMs: at(3_600) });
    expect(data.t.length).toBe(seldom.length + 180 + 1);
    expect(gapsOf(data)).toEqual([540]);
  });

  it('draws a past that was sampled less often alone', () => {
    const seldom = every(0, 3_600, 60, [600, 660, 720]);
    expect(gapsOf(chartData(history(seldom), [], { ...window, toMs: at(3_550) }))).toEqual([540]);
  });

  it('leaves gaps that follow each other, with a sample or two in between', () => {
    const data = chartData(
      history([...every(0, 100, 10), [150, 1], [200, 1], [210, 1], [260, 1], ...every(310, 400, 10)]),
      [],
      {
        ...window,
        toMs: at(400),
      },
    );
    expect(gapsOf(data)).toEqual([90, 150, 210, 260]);
  });

  it('goes on with the gap until now when the host has fallen silent', () => {
    expect(drawn(chartData(history([[10, 5]]), [], window))).toEqual([
      [10, 5],
      [10.001, null],
      [100, null],
    ]);
  });

  it('keeps a state that was not measured as a gap of its own', () => {
    const point = { t: at(90), counts: { ...emptyTally(), listen: null } };
    const data = chartData(null, [point], window);
    expect([data.series.listen, data.series.established]).toEqual([[null], [0]]);
  });

  it('draws only what lies in the window', () => {
    expect(drawn(chartData(null, [live(-5, 1), live(98, 2)], window))).toEqual([[98, 2]]);
  });
});

describe('pruneLive', () => {
  it('drops what history has taken over and what is too old', () => {
    const points = [live(10, 1), live(50, 2), live(80, 3)];
    expect(pruneLive(points, history([[40, 1]]), at(20)).map(({ t }) => t)).toEqual([at(50), at(80)]);
  });
});

describe('windowOf', () => {
  const hour = 3_600_000;

  it('is the range for a host that has been there as long', () => {
    expect(windowOf(hour, at(0) - 9 * hour, at(0))).toEqual({ fromMs: at(0) - hour, toMs: at(0) });
  });

  it('begins with a host that is younger, five minutes ago at the latest', () => {
    expect(windowOf(hour, at(0) - hour / 2, at(0)).fromMs).toBe(at(0) - hour / 2);
    expect(windowOf(hour, at(0) - 1_000, at(0)).fromMs).toBe(at(0) - 300_000);
  });
});

describe('pointsFor', () => {
  it('never asks for steps shorter than two samples', () => {
    expect(pointsFor(15 * 60_000, 5_000)).toBe(90);
    expect(pointsFor(15 * 60_000, 60_000)).toBe(7);
    expect(pointsFor(24 * 3_600_000, 5_000)).toBe(360);
    expect(pointsFor(15 * 60_000, 3_600_000)).toBe(2);
  });
});
