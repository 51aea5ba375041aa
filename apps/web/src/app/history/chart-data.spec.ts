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
