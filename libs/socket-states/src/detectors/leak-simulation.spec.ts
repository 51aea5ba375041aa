import { describe, expect, it } from '@jest/globals';
import { burst, crowd, randomFrom, restartedAt, sawTooth, steady } from '../testing/lifetimes.ts';
import { simulateLeak } from '../testing/simulation.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** An instant in the middle of an hour, between two samples. */
const BEGIN = Date.UTC(2026, 4, 1, 8, 17, 3);
const leakOf = (everyMs: number, forTime: number) => ({
  lifetimes: steady({ from: BEGIN, until: BEGIN + forTime, everyMs, forMs: Infinity }),
  from: BEGIN - 2 * MINUTE - 1_700,
  until: BEGIN + forTime,
});
const LIMITS = [256, 1_024, 65_536, 1_048_576];

describe('a leak', () => {
  it.each(LIMITS)('of one a second is told within 85 s, with a limit of %d descriptors', (limit) => {
    const { warnedAt } = simulateLeak({ ...leakOf(SECOND, 5 * MINUTE), descriptors: { others: 20, limit } });
    expect(warnedAt).not.toBeNull();
    expect((warnedAt ?? 0) - BEGIN).toBeLessThanOrEqual(85 * SECOND);
  });

  it.each(LIMITS)('of one a minute is told within 15 min, with a limit of %d descriptors', (limit) => {
    const { warnedAt } = simulateLeak({ ...leakOf(MINUTE, 20 * MINUTE), descriptors: { others: 20, limit } });
    expect(warnedAt).not.toBeNull();
    expect((warnedAt ?? 0) - BEGIN).toBeLessThanOrEqual(15 * MINUTE);
  });

  it('of two an hour is told by the minima of the hours', () => {
    const { warnedAt, steps } = simulateLeak({ ...leakOf(30 * MINUTE, 9 * HOUR), intervalMs: 15 * SECOND });
    expect((warnedAt ?? Infinity) - BEGIN).toBeLessThanOrEqual(8 * HOUR);
    const told = steps.find(({ at }) => at === warnedAt);
    expect(told?.detection?.reasons.map(({ key }) => key)).toContain('leak.slow');
    expect(told?.detection?.figures.slopePerHour).toBeCloseTo(2, 0);
    expect(told?.detection?.beganAt).toBe(BEGIN);
  });

  it('of one in four hours is told by the minima of a day', () => {
    const { warnedAt } = simulateLeak({ ...leakOf(3 * HOUR, 40 * HOUR), intervalMs: MINUTE });
    expect((warnedAt ?? Infinity) - BEGIN).toBeLessThanOrEqual(36 * HOUR);
  });

  it.each([
    ['every 5 s', 5 * SECOND],
    ['every 15 s', 15 * SECOND],
    ['every minute', MINUTE],
  ])('is told whether its host samples %s', (_words, intervalMs) => {
    const { warnedAt } = simulateLeak({ ...leakOf(2 * SECOND, 10 * MINUTE), intervalMs });
    expect((warnedAt ?? Infinity) - BEGIN).toBeLessThanOrEqual(90 * SECOND + 4 * intervalMs);
  });

  it('of which some end is told by its trend', () => {
    const lifetimes = steady({ from: BEGIN, until: BEGIN + 30 * MINUTE, everyMs: 5 * SECOND, forMs: Infinity }).map(
      ({ from }, index) => ({ from, to: index % 3 === 0 ? from + 2 * MINUTE : Infinity }),
    );
    const { warnedAt, steps } = simulateLeak({ lifetimes, from: BEGIN - MINUTE, until: BEGIN + 30 * MINUTE });
    expect(warnedAt).not.toBeNull();
    const told = steps.filter(({ detection }) => detection?.reasons.some(({ key }) => key === 'leak.trend'));
    expect(told.length).toBeGreaterThan(0);
  });

  it('is told when it began', () => {
    const { steps, warnedAt } = simulateLeak(leakOf(SECOND, 5 * MINUTE));
    const { beganAt } = steps.find(({ at }) => at === warnedAt)?.detection ?? {};
    expect(Math.abs((beganAt ?? 0) - BEGIN)).toBeLessThanOrEqual(10 * SECOND);
  });

  it('began when it grew, not when the oldest of an idle pool was left', () => {
    const pool = burst({ at: BEGIN - 5 * HOUR, count: 8, overMs: MINUTE, forMs: Infinity });
    const leak = leakOf(SECOND, 5 * MINUTE);
    const { steps, warnedAt } = simulateLeak({ ...leak, lifetimes: [...pool, ...leak.lifetimes] });
    const { beganAt } = steps.find(({ at }) => at === warnedAt)?.detection ?? {};
    expect(Math.abs((beganAt ?? 0) - BEGIN)).toBeLessThanOrEqual(10 * SECOND);
  });
});

describe('the time left of a steady leak', () => {
  it.each([
    ['1 a second', SECOND, 20 * MINUTE, 4_096],
    ['5 a second', 200, 5 * MINUTE, 4_096],
    ['1 in 7 s', 7 * SECOND, 40 * MINUTE, 1_024],
    ['1 a minute', MINUTE, 3 * HOUR, 1_024],
  ])('is right within 5 %% from the warning on: %s', (_words, everyMs, forTime, limit) => {
    const others = 30;
    const result = simulateLeak({ ...leakOf(everyMs, forTime), descriptors: { others, limit } });
    const { steps, warnedAt } = result;
    const exhaustedAt = BEGIN + (limit - others) * everyMs;
    const told = steps.filter(({ at }) => warnedAt !== null && at >= warnedAt && exhaustedAt - at > 60_000);
    expect(told.length).toBeGreaterThan(10);
    for (const { at, detection } of told) {
      const left = detection?.figures.timeLeftMs ?? NaN;
      expect(Math.abs(left - (exhaustedAt - at)) / (exhaustedAt - at)).toBeLessThan(0.05);
    }
  });
});

describe('no warning', () => {
  const quiet = (
    lifetimes: Parameters<typeof simulateLeak>[0]['lifetimes'],
    forTime = 3 * HOUR,
    intervalMs = 5 * SECOND,
  ) =>
    simulateLeak({
      lifetimes,
      from: BEGIN,
      until: BEGIN + forTime,
      intervalMs,
      descriptors: { others: 50, limit: 1_024 },
    });

  it.each([30, 45, 60, 70])('comes of a sweep every %d s', (seconds) => {
    const span = { from: BEGIN + MINUTE, until: BEGIN + HOUR, sweepMs: seconds * SECOND };
    for (const everyMs of [100, 500, 1_300]) {
      expect(quiet(sawTooth({ ...span, everyMs }), HOUR).warnedAt).toBeNull();
    }
  });

  it.each([0, 1, 3, 10])('comes of a burst within %d s that nobody closes', (seconds) => {
    const at = BEGIN + 20 * MINUTE + 1_234;
    for (const count of [5, 40, 300]) {
      const result = quiet(burst({ at, count, overMs: seconds * SECOND, forMs: Infinity }), HOUR);
      expect(result.warnedAt).toBeNull();
      expect(result.steps.at(-1)?.detection?.level).toBe('suspect');
    }
  });

  it('comes of a burst among healthy turnover', () => {
    const turnover = steady({ from: BEGIN, until: BEGIN + HOUR, everyMs: 300, forMs: 2_500 });
    const left = burst({ at: BEGIN + 20 * MINUTE, count: 60, overMs: 400, forMs: Infinity });
    expect(quiet([...turnover, ...left], HOUR).warnedAt).toBeNull();
  });

  it('comes of turnover, however much', () => {
    expect(
      quiet(steady({ from: BEGIN, until: BEGIN + HOUR, everyMs: 20, forMs: 30_000 }), HOUR / 4).warnedAt,
    ).toBeNull();
  });

  it.each([1, 2, 3, 4, 5, 6])('comes of a crowd that comes and goes by chance (%d)', (seed) => {
    const random = randomFrom(seed);
    for (const [everyMs, forMs] of [
      [3_000, 3 * MINUTE],
      [20_000, 10 * MINUTE],
      [60_000, 30 * MINUTE],
    ] as const) {
      const lifetimes = crowd({ from: BEGIN, until: BEGIN + 8 * HOUR, everyMs, forMs }, random);
      expect(quiet(lifetimes, 8 * HOUR, 15 * SECOND).warnedAt).toBeNull();
    }
  });

  it('comes of a program that is restarted before anything is leaked', () => {
    const restarts = Array.from({ length: 90 }, (_, index) => BEGIN + (index + 1) * 40 * SECOND);
    const lifetimes = restartedAt(
      steady({ from: BEGIN, until: BEGIN + HOUR, everyMs: 700, forMs: Infinity }),
      restarts,
    );
    expect(simulateLeak({ lifetimes, from: BEGIN, until: BEGIN + HOUR, restarts }).warnedAt).toBeNull();
  });
});
