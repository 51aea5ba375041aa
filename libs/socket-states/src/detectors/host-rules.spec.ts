import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { detectAcceptQueue, detectTimeWaitOverflow } from './counter-detectors.ts';
import { detectClockSkew, detectHostSilent, detectHostStarved } from './host-detectors.ts';
import { type StarvationSample, type SynSample } from './samples.ts';
import { detectSynFlood } from './syn-flood-detector.ts';
import { detectThreshold } from './threshold-detector.ts';
import { DEFAULT_THRESHOLDS } from './thresholds.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const AT = 1_000 * MINUTE;
/** Every 5 s for 10 minutes. */
const series = <Sample>(sampleOf: (secondsAgo: number) => Sample): (Sample & { at: number })[] =>
  Array.from({ length: 121 }, (_, index) => {
    const secondsAgo = (120 - index) * 5;
    return { at: AT - secondsAgo * SECOND, ...sampleOf(secondsAgo) };
  });
const keysOf = ({ reasons }: { reasons: readonly { key: string }[] }) => reasons.map(({ key }) => key);

describe('TIME_WAIT overflow', () => {
  const detect = (valueAt: (secondsAgo: number) => number) =>
    detectTimeWaitOverflow(
      series((ago) => ({ value: valueAt(ago) })),
      AT,
      DEFAULT_THRESHOLDS.timeWaitOverflow,
    );

  it('is told while its counter rises', () => {
    const detection = detect((ago) => 5_000 - ago);
    expect(detection).toMatchObject({ level: 'warning', quiet: false });
    expect(detection.figures).toMatchObject({ increase: 300, perSecond: expect.closeTo(1, 1) });
  });

  it('is not told of a counter that rose once, or long ago', () => {
    expect(detect((ago) => (ago < 100 ? 900 : 0))).toMatchObject({ level: 'none', quiet: false });
    expect(detect((ago) => (ago < 400 ? 900 : 900 - ago))).toMatchObject({ level: 'none', quiet: true });
  });

  it('counts from zero after a reboot', () => {
    expect(detect((ago) => (ago > 100 ? 70_000 : 100 - ago)).figures.increase).toBe(100);
  });

  it('is never told of a constant', () => {
    fc.assert(
      fc.property(fc.nat(), (value) => {
        expect(detect(() => value)).toMatchObject({ level: 'none', quiet: true });
      }),
    );
  });
});

describe('accept queue overflow', () => {
  const overflows = series((ago) => ({ value: 10_000 - ago }));
  const { acceptQueue } = DEFAULT_THRESHOLDS;

  it('names the queue that is full', () => {
    const queues = [
      { at: AT - MINUTE, port: 8_080, length: 129, limit: 128 },
      { at: AT - MINUTE, port: 9_090, length: 500, limit: 4_096 },
    ];
    const detection = detectAcceptQueue({ overflows, queues }, AT, acceptQueue);
    expect(detection.level).toBe('warning');
    expect(detection.figures).toMatchObject({ port: 8_080, queueLength: 129, queueLimit: 128, increase: 300 });
    expect(keysOf(detection)).toEqual(['accept_queue.rising', 'accept_queue.full']);
  });

  it('is told without knowing whose queue it is', () => {
    expect(keysOf(detectAcceptQueue({ overflows, queues: [] }, AT, acceptQueue))).toEqual(['accept_queue.rising']);
  });

  it('is not told of a full queue that turns nobody away', () => {
    const queues = [{ at: AT, port: 80, length: 128, limit: 128 }];
    expect(detectAcceptQueue({ overflows: series(() => ({ value: 7 })), queues }, AT, acceptQueue).level).toBe('none');
  });
});

describe('a SYN flood', () => {
  const detect = (sampleOf: (secondsAgo: number) => Omit<SynSample, 'at'>) =>
    detectSynFlood(series(sampleOf), AT, DEFAULT_THRESHOLDS.synFlood);

  it('is told of many that stay half open', () => {
    const flood = (ago: number) => ({ halfOpen: ago < 60 ? 400 : 3, cookiesSent: 0, dropped: null });
    expect(detect(flood)).toMatchObject({ level: 'warning', leading: 'halfOpen', beganAt: AT - 55 * SECOND });
    expect(detect((ago) => ({ ...flood(ago), halfOpen: ago < 20 ? 400 : 3 })).level).toBe('none');
  });

  it('is told of cookies, under which few are half open', () => {
    const detection = detect((ago) => ({ halfOpen: 2, cookiesSent: 90_000 - 50 * ago, dropped: 0 }));
    expect(detection).toMatchObject({ level: 'warning', leading: 'cookiesPerSecond' });
    expect(detection.figures.cookiesPerSecond).toBeCloseTo(50, 0);
  });

  it('is critical when requests are dropped', () => {
    const detection = detect((ago) => ({ halfOpen: 1_000, cookiesSent: null, dropped: 90_000 - 10 * ago }));
    expect(detection.level).toBe('critical');
    expect(keysOf(detection)).toEqual(['syn_flood.half_open', 'syn_flood.dropped']);
  });

  it('is none where nothing was measured', () => {
    expect(detect(() => ({ halfOpen: null, cookiesSent: null, dropped: null }))).toMatchObject({
      level: 'none',
      quiet: true,
    });
  });
});

describe('a starved host', () => {
  const detect = (sampleOf: (secondsAgo: number) => Omit<StarvationSample, 'at'>) =>
    detectHostStarved(series(sampleOf), AT, DEFAULT_THRESHOLDS.hostStarved);
  const waiting = { runMsPerSecond: 100, waitMsPerSecond: 900 };

  it('is told by stalls that last', () => {
    expect(detect(() => ({ stallShare: 0.7, processes: [] }))).toMatchObject({ level: 'warning', quiet: false });
    expect(detect(() => ({ stallShare: 0.95, processes: [] })).level).toBe('critical');
    expect(detect((ago) => ({ stallShare: ago < 30 ? 0.9 : 0, processes: [] })).level).toBe('none');
    expect(detect(() => ({ stallShare: 0.1, processes: [] }))).toMatchObject({ level: 'none', quiet: true });
  });

  it('is told without stalls by several processes that wait longer than they run', () => {
    const detection = detect(() => ({ stallShare: null, processes: [waiting, waiting, waiting] }));
    expect(detection).toMatchObject({ level: 'warning', leading: 'waitingProcesses' });
    expect(keysOf(detection)).toEqual(['host_starved.waiting']);
  });

  it('is none when one process waits, or many that hardly wait at all', () => {
    expect(detect(() => ({ stallShare: null, processes: [waiting] })).level).toBe('none');
    const idle = { runMsPerSecond: 1, waitMsPerSecond: 5 };
    expect(detect(() => ({ stallShare: null, processes: [idle, idle, idle, idle] })).level).toBe('none');
  });
});

describe('a silent host', () => {
  const { hostSilent } = DEFAULT_THRESHOLDS;
  const detect = (silentMs: number, intervalMs: number) =>
    detectHostSilent({ lastSeenAt: AT - silentMs, intervalMs }, AT, hostSilent);

  it('is one that misses six samples, and a minute', () => {
    expect(detect(60 * SECOND, 5 * SECOND).level).toBe('none');
    expect(detect(61 * SECOND, 5 * SECOND)).toMatchObject({ level: 'warning', beganAt: AT - 61 * SECOND });
    expect(detect(61 * SECOND, 30 * SECOND)).toMatchObject({ level: 'none', quiet: true });
    expect(detect(181 * SECOND, 30 * SECOND).level).toBe('warning');
    expect(detect(20 * MINUTE, 5 * SECOND).level).toBe('critical');
  });

  it('is none whose clock runs ahead', () => {
    expect(detect(-5 * MINUTE, 5 * SECOND)).toMatchObject({ level: 'none', figures: { silentMs: 0 } });
  });
});

describe('clock skew', () => {
  const detect = (...offsets: number[]) =>
    detectClockSkew(
      offsets.map((offsetMs, index) => ({ at: AT + index, offsetMs })),
      AT,
      DEFAULT_THRESHOLDS.clockSkew,
    );

  it('is told when it is seen three times in a row', () => {
    expect(detect(9_000, 9_000).level).toBe('none');
    expect(detect(0, 9_000, 9_000).level).toBe('none');
    expect(keysOf(detect(0, 9_000, 9_000, 9_100))).toEqual(['clock_skew.ahead']);
    expect(keysOf(detect(-9_000, -9_000, -9_100))).toEqual(['clock_skew.behind']);
    expect(detect(-9e6, -9e6, -9e6).level).toBe('critical');
  });

  it('is gone when the clock is right again', () => {
    expect(detect(9_000, 9_000, 0)).toMatchObject({ level: 'none', quiet: true });
  });
});

describe("a user's own threshold", () => {
  const bound = { above: 100, forMs: MINUTE, severity: 'critical' } as const;
  const detect = (valueAt: (secondsAgo: number) => number | null) =>
    detectThreshold(
      series((ago) => ({ value: valueAt(ago) })),
      AT,
      bound,
    );

  it('is told when it was passed all the time', () => {
    expect(detect((ago) => (ago <= 60 ? 101 : 5))).toMatchObject({ level: 'critical', beganAt: AT - MINUTE });
    expect(detect((ago) => (ago <= 55 ? 101 : 5)).level).toBe('none');
    expect(detect((ago) => (ago === 30 ? 100 : 500)).level).toBe('none');
  });

  it('is kept by exactly as many as it says', () => {
    expect(detect(() => 100)).toMatchObject({ level: 'none', quiet: true });
  });

  it('says nothing of what was not measured', () => {
    expect(detect(() => null)).toMatchObject({ level: 'none', quiet: true });
    expect(detect((ago) => (ago % 10 === 0 ? 200 : null)).level).toBe('critical');
  });
});
