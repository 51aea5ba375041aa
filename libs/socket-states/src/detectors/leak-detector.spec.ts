import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { restartedAt, sawTooth, steady } from '../testing/lifetimes.ts';
import { simulateLeak } from '../testing/simulation.ts';
import { type Finding, type Verdict } from '../verdicts/verdict.ts';
import { type LeakCircumstances, detectLeak, leakTrigger } from './leak-detector.ts';
import { emptyLeakWindow, remember } from './leak-memory.ts';
import { type LeakSample, type LeakWindow } from './leak-window.ts';
import { DEFAULT_THRESHOLDS } from './thresholds.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const BEGIN = 400_000 * HOUR;
const UNKNOWN: LeakCircumstances = { finding: null, acceptQueue: null, restartedAt: null };
const { leak } = DEFAULT_THRESHOLDS;

const finding = (verdict: Verdict): Finding => ({
  verdict,
  confidence: 1,
  for: [],
  against: [],
  missing: [],
  advice: { key: '', parameters: {} },
});
/** One leaked more with each sample, every 5 s; two hours ago the first. */
const growing = (more: Partial<LeakWindow> = {}): LeakWindow => ({
  ...Array.from({ length: 60 }, (_, index): LeakSample => ({
    at: BEGIN + index * 5 * SECOND,
    leaked: 100 + index,
    old: 50,
    opened: 1,
    ended: 0,
    oldestMs: 2 * HOUR,
    young: 12,
  })).reduce(remember, emptyLeakWindow(5 * SECOND)),
  ...more,
});
const AT = BEGIN + 59 * 5 * SECOND;
const descriptorsOf = (used: number, limit: number, heldShare = 1) => ({
  descriptors: [{ at: AT, used, limit, heldShare }],
});
const detect = (window: LeakWindow, circumstances: Partial<LeakCircumstances> = {}) =>
  detectLeak(window, { ...UNKNOWN, ...circumstances }, AT, leak);
const keysOf = ({ reasons }: { reasons: readonly { key: string }[] }) => reasons.map(({ key }) => key);

describe('the trigger', () => {
  it.each([
    [null, 10],
    [256, 5],
    [1_024, 5],
    [8_000, 8],
    [65_536, 10],
    [1e9, 10],
  ])('of a limit of %p descriptors is %d', (limit, trigger) => {
    expect(leakTrigger(limit, leak)).toBe(trigger);
  });
});

describe('a constant number of leaked sockets', () => {
  it('never alerts, however many, how old, or how often it is sampled', () => {
    const someWindow = fc.record({
      leaked: fc.nat(100_000),
      oldestMs: fc.nat(48 * HOUR),
      young: fc.nat(50),
      seconds: fc.integer({ min: 1, max: 300 }),
      turnover: fc.nat(30),
      limit: fc.constantFrom(256, 1_024, 65_536, 1_048_576),
    });
    fc.assert(
      fc.property(someWindow, ({ leaked, oldestMs, young, seconds, turnover, limit }) => {
        let window = emptyLeakWindow(seconds * SECOND);
        for (let index = 0; index < 80; index++) {
          const at = BEGIN + index * seconds * SECOND;
          window = remember(window, { at, leaked, old: 0, opened: turnover, ended: turnover, oldestMs, young });
        }
        const hours = Array.from({ length: 25 }, (_, hour) => ({ hour: BEGIN - (25 - hour) * HOUR, least: leaked }));
        const constant = { ...window, hours, descriptors: [{ at: BEGIN, used: limit / 2, limit, heldShare: 1 }] };
        const { level } = detectLeak(constant, UNKNOWN, BEGIN + 79 * seconds * SECOND, leak);
        expect(level).toBe('none');
      }),
    );
  });

  it('is a suspect when some are five minutes old', () => {
    const still = growing().samples.map((sample) => ({ ...sample, leaked: 20, opened: 0, young: 0 }));
    const detection = detect(growing({ samples: still }));
    expect(detection.level).toBe('suspect');
    expect(keysOf(detection)).toEqual(['leak.still']);
  });
});

describe('a leak', () => {
  it('warns', () => {
    expect(detect(growing())).toMatchObject({ level: 'warning', quiet: false, leading: 'leaked' });
  });

  it('is critical when descriptors run out within the hour', () => {
    const detection = detect(growing(descriptorsOf(1_000, 1_500)));
    expect(detection.level).toBe('critical');
    expect(detection.figures).toMatchObject({ leaked: 159, used: 1_000, limit: 1_500 });
    expect(detection.figures.timeLeftMs).toBeCloseTo(500 * 5 * SECOND, -3);
    expect(keysOf(detection)).toContain('leak.time_left');
    expect(detect(growing(descriptorsOf(1_000, 10_000))).level).toBe('warning');
  });

  it('is critical when most descriptors are used and leaked sockets are many of them', () => {
    const slow = growing().samples.map((sample, index) => ({
      ...sample,
      leaked: 150,
      opened: index % 30 === 0 ? 1 : 0,
    }));
    const hours = Array.from({ length: 7 }, (_, index) => ({
      hour: BEGIN - (6 - index) * HOUR,
      least: 90 + 10 * index,
    }));
    const old = slow.map((sample) => ({ ...sample, oldestMs: 9 * HOUR }));
    const window = growing({ samples: old, hours });
    expect(keysOf(detect({ ...window, ...descriptorsOf(440, 500) }))).toContain('leak.used');
    expect(detect({ ...window, ...descriptorsOf(8_800, 10_000) }).level).toBe('warning');
  });

  it('of several processes fills the descriptors of each by its share', () => {
    // Each of eight leaks an eighth: 500 descriptors last eight times as long.
    const detection = detect(growing(descriptorsOf(1_000, 1_500, 1 / 8)));
    expect(detection.figures.timeLeftMs).toBeCloseTo(8 * 500 * 5 * SECOND, -3);
    expect(detection.level).toBe('warning');
    expect(keysOf(detect(growing(descriptorsOf(440, 500, 1))))).toContain('leak.used');
    expect(keysOf(detect(growing(descriptorsOf(440, 500, 1 / 8))))).not.toContain('leak.used');
    expect(detect(growing(descriptorsOf(440, 500, 0))).figures.timeLeftMs).toBeNull();
  });

  it('of sockets that are never accepted has no time left, and is critical when their queue is full', () => {
    const waiting = { ...growing(descriptorsOf(1_000, 1_100)) };
    const full = detect(waiting, { acceptQueue: { length: 128, limit: 128 } });
    expect(full.figures.timeLeftMs).toBeNull();
    expect(keysOf(full)).toEqual(['leak.fast', 'leak.queue_full']);
    expect(detect(waiting, { acceptQueue: { length: 100, limit: 128 } }).level).toBe('warning');
    expect(detect(waiting, { acceptQueue: { length: 100, limit: null } }).level).toBe('warning');
  });

  it('in a full accept queue is told though it cannot grow any more', () => {
    const stuck = growing().samples.map((sample) => ({ ...sample, leaked: 3, opened: 0, young: 0 }));
    const detection = detect(growing({ samples: stuck }), { acceptQueue: { length: 4, limit: 4 } });
    expect(detection).toMatchObject({ level: 'critical', quiet: false });
  });

  it.each(['half_closed', 'turnover'] as const)('is none of what is %s', (verdict) => {
    const detection = detect(growing(), { finding: finding(verdict) });
    expect(detection).toMatchObject({ level: 'none', quiet: true });
    expect(keysOf(detection)).toEqual(['leak.harmless']);
    expect(detect(growing(), { finding: finding('code_leak') }).level).toBe('warning');
  });

  it('is quiet when few are left and no more come', () => {
    const left = (leaked: number, opened: number) =>
      growing({ samples: growing().samples.map((sample) => ({ ...sample, leaked, opened, old: 0 })) });
    expect(detect(left(4, 0)).quiet).toBe(true);
    expect(detect(left(5, 0)).quiet).toBe(false);
    expect(detect(left(4, 1)).quiet).toBe(false);
    expect(detect(emptyLeakWindow(5 * SECOND))).toMatchObject({ level: 'none', quiet: true, beganAt: null });
  });
});

describe('a restart', () => {
  const lifetimes = steady({ from: BEGIN, until: BEGIN + 20 * MINUTE, everyMs: SECOND, forMs: Infinity });
  const restart = BEGIN + 10 * MINUTE + 2_300;
  const span = { from: BEGIN - MINUTE, until: BEGIN + 20 * MINUTE };

  it('begins the window anew: a leak that goes on is told as fast as the first', () => {
    const { steps } = simulateLeak({ lifetimes: restartedAt(lifetimes, [restart]), ...span, restarts: [restart] });
    const again = steps.find(({ at, detection }) => at > restart + 30 * SECOND && detection?.level === 'warning');
    expect((again?.at ?? Infinity) - restart).toBeLessThanOrEqual(90 * SECOND);
  });

  it('that nobody told looks like a sweep until the leak passes its level of before', () => {
    const { steps } = simulateLeak({
      lifetimes: restartedAt(lifetimes, [restart]),
      ...span,
      until: BEGIN + 30 * MINUTE,
    });
    const after = steps.filter(({ at }) => at > restart + 2 * MINUTE && at < restart + 9 * MINUTE);
    expect(new Set(after.map(({ detection }) => detection?.level))).toEqual(new Set(['none', 'suspect']));
    expect(after.some(({ detection }) => detection !== null && keysOf(detection).includes('leak.tooth'))).toBe(true);
  });

  it('is none of a sweep: after the first tooth nothing is told again', () => {
    const teeth = sawTooth({ from: BEGIN, until: BEGIN + 3 * HOUR, everyMs: 2 * SECOND, sweepMs: 6 * MINUTE });
    const { incidents, steps } = simulateLeak({ lifetimes: teeth, from: BEGIN - MINUTE, until: BEGIN + 3 * HOUR });
    expect(incidents.opened).toBe(1);
    const told = steps.filter(({ at, detection }) => at > BEGIN + 7 * MINUTE && detection?.level === 'warning');
    expect(told).toEqual([]);
  });
});
