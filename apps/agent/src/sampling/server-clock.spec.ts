import { beforeEach, describe, expect, it } from '@jest/globals';
import { HostTime } from '../host/host-time.ts';
import { ServerClock } from './server-clock.ts';

const START = Date.UTC(2026, 10, 22, 3);

let monotonic: number;
let wall: number;
let clock: ServerClock;

beforeEach(() => {
  monotonic = 1_000;
  wall = START;
  clock = new ServerClock({ monotonic: () => monotonic, wall: () => wall });
});

function pass(ms: number): void {
  monotonic += ms;
  wall += ms;
}

/** An exchange that is over now, at which the server's clock was so far ahead. */
function learn(aheadMs: number, roundTripMs = 10): void {
  const told = wall - roundTripMs / 2 + aheadMs;
  clock.learn({ sentAt: monotonic - roundTripMs, receivedAt: monotonic, serverTimeMs: told });
}

describe("the server's clock", () => {
  it('is the wall clock until the first reply', () => {
    pass(5_000);
    expect(clock.instant(clock.now())).toBe('2026-11-22T03:00:05.000Z');
    expect(clock.offsetMs).toBe(0);
  });

  it('follows a wall clock that is set before the first reply', () => {
    wall += 3_600_000;
    expect(clock.instant(clock.now())).toBe('2026-11-22T04:00:00.000Z');
  });

  it('is learned from a reply to within half the round trip, and reported as an offset', () => {
    learn(60_000);
    expect(Math.abs(clock.offsetMs - 60_000)).toBeLessThanOrEqual(6);
    expect(clock.instant(monotonic)).toMatch(/^2026-11-22T03:01:00\.0|^2026-11-22T03:00:59\.99/);
  });

  it('is the middle of the second that a Date header names, where this clock is far from it', () => {
    clock.learnDate({ sentAt: monotonic, receivedAt: monotonic, dateMs: START - 600_000 });
    expect(clock.instant(monotonic)).toBe('2026-11-22T02:50:00.500Z');
  });

  it('is this clock where it agrees with the second that a Date header names', () => {
    wall += 740;
    monotonic += 740;
    clock.learnDate({ sentAt: monotonic, receivedAt: monotonic, dateMs: START });
    expect(clock.instant(monotonic)).toBe('2026-11-22T03:00:00.740Z');
  });

  it('is refined by a reply that tells the millisecond, and not blurred again by one that does not', () => {
    clock.learnDate({ sentAt: monotonic, receivedAt: monotonic, dateMs: START - 600_000 });
    learn(-599_870);
    expect(Math.abs(clock.offsetMs + 599_870)).toBeLessThanOrEqual(6);
    const before = clock.instant(monotonic);
    clock.learnDate({ sentAt: monotonic, receivedAt: monotonic, dateMs: START - 600_000 });
    expect(clock.instant(monotonic)).toBe(before);
  });

  it('is not learned from a reply without a date', () => {
    clock.learnDate({ sentAt: monotonic, receivedAt: monotonic, dateMs: undefined });
    wall += 3_600_000;
    expect(clock.instant(clock.now())).toBe('2026-11-22T04:00:00.000Z');
  });

  it('keeps writing by what was known when a writing began', () => {
    learn(60_000);
    const { asKnown } = clock;
    const before = clock.instant(monotonic);
    learn(3_600_000);
    expect(asKnown(monotonic)).toBe(before);
    expect(clock.instant(monotonic)).not.toBe(before);
  });

  it('does not tremble with replies that agree with it', () => {
    learn(60_000);
    const before = clock.instant(monotonic);
    for (const jitter of [-3, 2, -1, 4]) learn(60_000 + jitter, 40);
    expect(clock.instant(1_000)).toBe(before);
  });

  it('does not jump when the wall clock does, once it is learned', () => {
    learn(0);
    wall += 7_200_000;
    pass(1_000);
    expect(clock.instant(clock.now())).toBe('2026-11-22T03:00:01.000Z');
    expect(clock.offsetMs).toBe(-7_200_000);
  });
});

describe("the server's clock of an earlier run", () => {
  it('is believed before the first reply, and corrected by it', () => {
    const known = new ServerClock({ monotonic: () => monotonic, wall: () => wall }, START - 600_000 - monotonic);
    expect(known.instant(known.now())).toBe('2026-11-22T02:50:00.000Z');
    wall += 7_200_000;
    expect(known.instant(known.now())).toBe('2026-11-22T02:50:00.000Z');
    known.learn({ sentAt: monotonic, receivedAt: monotonic, serverTimeMs: START - 600_500 });
    expect(known.instant(known.now())).toBe('2026-11-22T02:49:59.501Z');
  });

  it('is not known before a server told it', () => {
    expect(clock.epoch).toBeUndefined();
    learn(60_000);
    expect(Math.abs((clock.epoch ?? 0) - (START + 60_000 - monotonic))).toBeLessThanOrEqual(6);
  });
});

describe("the server's clock after the host slept", () => {
  it('dates the very next instant right, and those before the sleep as before', () => {
    let asleep = 0;
    const clocks = { monotonic: () => monotonic, boot: () => monotonic + asleep, wall: () => wall };
    const time = new HostTime(clocks);
    const local = new ServerClock({ monotonic: () => time.now(), wall: () => time.wall() });
    local.learn({ sentAt: time.now(), receivedAt: time.now(), serverTimeMs: START - 600_000 });
    const before = local.now();
    asleep += 3_600_000;
    wall += 3_600_000;
    expect(local.instant(local.now())).toBe('2026-11-22T03:50:00.000Z');
    expect(local.instant(before)).toBe('2026-11-22T02:50:00.000Z');
    expect(local.offsetMs).toBe(-600_000);
  });
});
