import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { recentInstants, replayHours, replaySamples } from './leak-replay.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const T = 1_800_000_000_000;

const span = (opened: number, ended: number | null, count = 1, orphaned = false) => ({
  openedAt: new Date(T + opened),
  endedAt: ended === null ? null : new Date(T + ended),
  orphaned,
  count,
});

describe('replayed samples', () => {
  it('count a connection as leaked from 60 seconds on, until it ends', () => {
    const instants = [0, 59_999, 60_000, 300_000, 399_999, 400_000].map((at) => T + at);
    const samples = replaySamples([span(0, 400_000, 3)], instants, false);
    expect(
      samples.map(({ leaked, old, opened, ended, oldestMs, young }) => [leaked, old, opened, ended, oldestMs, young]),
    ).toEqual([
      [0, 0, 0, 0, 0, 3],
      [0, 0, 0, 0, 0, 3],
      [3, 0, 3, 0, 60_000, 0],
      [3, 3, 0, 0, 300_000, 0],
      [3, 3, 0, 0, 399_999, 0],
      [0, 0, 0, 3, 0, 0],
    ]);
  });

  it('go on with what was orphaned where its descriptors are still open', () => {
    const spans = [span(0, 100_000, 2, true)];
    const leaked = (stay: boolean) => replaySamples(spans, [T + 200_000], stay).map((sample) => sample.leaked);
    expect([leaked(true), leaked(false)]).toEqual([[2], [0]]);
  });

  it('are what counting one by one gives', () => {
    const spans = fc.array(
      fc
        .tuple(fc.nat(1_000_000), fc.option(fc.nat(1_000_000)), fc.integer({ min: 1, max: 5 }))
        .map(([opened, lasts, count]) => span(opened, lasts === null ? null : opened + MINUTE + lasts, count)),
      { maxLength: 20 },
    );
    const instants = fc
      .uniqueArray(fc.nat(2_500_000), { minLength: 1, maxLength: 12 })
      .map((all) => all.sort((a, b) => a - b).map((at) => T + at));
    fc.assert(
      fc.property(spans, instants, (lives, times) => {
        const stands = (at: number, ageMs: number) =>
          lives.filter(
            ({ openedAt, endedAt }) => at - openedAt.getTime() >= ageMs && (endedAt === null || endedAt.getTime() > at),
          );
        const sum = (some: typeof lives) => some.reduce((total, { count }) => total + count, 0);
        const oldest = (at: number, some: typeof lives) =>
          some.length === 0 ? 0 : Math.max(...some.map(({ openedAt }) => at - openedAt.getTime()));
        const samples = replaySamples(lives, times, false);
        expect(samples.map(({ leaked, old, oldestMs, young }) => [leaked, old, oldestMs, young])).toEqual(
          times.map((at) => {
            const leaked = stands(at, MINUTE);
            return [sum(leaked), sum(stands(at, 300_000)), oldest(at, leaked), sum(stands(at, 0)) - sum(leaked)];
          }),
        );
        // What is there is what came and has not gone.
        const [first, ...rest] = samples;
        const net = rest.reduce((total, { opened, ended }) => total + opened - ended, first?.leaked ?? 0);
        expect(net).toBe(samples.at(-1)?.leaked);
      }),
    );
  });
});

describe('replayed hours', () => {
  it('have the fewest leaked of each hour that was sampled', () => {
    const start = Math.ceil(T / HOUR) * HOUR - T;
    const spans = [span(start, null, 2), span(start + 30 * MINUTE, start + 90 * MINUTE, 5)];
    const hours = [0, 1, 3].map((hour) => T + start + hour * HOUR);
    expect(replayHours(spans, hours, T + start + 3 * HOUR + MINUTE, false)).toEqual([
      { hour: hours[0], least: 0 },
      { hour: hours[1], least: 2 },
      { hour: hours[2], least: 2 },
    ]);
  });
});

describe('instants of samples', () => {
  it('that are packed already are one a minute', () => {
    expect(recentInstants({ instants: [], hours: [T] }, T, T + 3 * MINUTE)).toEqual([T, T + MINUTE, T + 2 * MINUTE]);
    expect(recentInstants({ instants: [T + 5], hours: [T] }, T, T + MINUTE)).toEqual([T + 5]);
    expect(recentInstants({ instants: [], hours: [] }, T, T + MINUTE)).toEqual([]);
  });
});
