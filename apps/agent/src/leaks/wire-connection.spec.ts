import { describe, expect, it } from '@jest/globals';
import { ConnectionSchema } from '@closewatch/protocol';
import fc from 'fast-check';
import { leak, tableOf } from '../testing/tables.ts';
import { LeakTracker } from './leak-tracker.ts';
import { mostBytes, wireConnection } from './wire-connection.ts';

const instant = (ms: number): string => new Date(Date.UTC(2026, 10, 22) + ms).toISOString();

function trackedLeak() {
  const tracker = new LeakTracker({ bootId: 'b', namespaceInode: 1 }, instant, () => false);
  for (const at of [1_000, 6_000]) tracker.observe({ startedAt: at, takenAt: at, table: tableOf(leak()) });
  const [tracked] = [...tracker.open()];
  if (tracked === undefined) throw new Error('nothing is tracked');
  return tracked;
}

describe('a connection on the wire', () => {
  it('passes the contract as it is, open', () => {
    const connection = wireConnection(trackedLeak(), instant, 1);
    expect(ConnectionSchema.parse(connection)).toEqual(connection);
    expect(connection).toMatchObject({ openedAfter: null, openedBefore: '2026-11-22T00:00:01.000Z', uid: 1000 });
    expect(connection).not.toHaveProperty('endedAt');
  });

  it('passes the contract as it is, ended', () => {
    const tracked = trackedLeak();
    tracked.ended = { at: 11_000, as: 'orphaned' };
    const connection = wireConnection(tracked, instant, 1);
    expect(ConnectionSchema.parse(connection)).toEqual(connection);
    expect(connection).toMatchObject({ endedAt: '2026-11-22T00:00:11.000Z', endedAs: 'orphaned' });
  });

  it("keeps the dates of its beginning when the server's clock is known better, and is never seen before them", () => {
    const tracked = trackedLeak();
    tracked.bracket = { openedAfter: 980, openedBefore: 1_000 };
    const at = (aheadMs: number) => (ms: number) => instant(ms + aheadMs);
    const { openedAfter, openedBefore, firstSeenAt } = wireConnection(tracked, at(0), 1);
    expect([openedAfter, openedBefore]).toEqual(['2026-11-22T00:00:00.980Z', '2026-11-22T00:00:01.000Z']);
    for (const aheadMs of [300, -300, -600_000]) {
      expect(wireConnection(tracked, at(aheadMs), 2)).toMatchObject({ openedAfter, openedBefore, firstSeenAt });
    }
  });

  it('is not seen, nor ended, before it was told to be seen', () => {
    const tracked = trackedLeak();
    const { lastSeenAt } = wireConnection(tracked, instant, 1);
    tracked.ended = { at: 11_000, as: 'closed' };
    expect(wireConnection(tracked, (ms) => instant(ms - 600_000), 2)).toMatchObject({
      lastSeenAt,
      endedAt: lastSeenAt,
    });
  });

  it('has its dates in order, however it was bracketed and wherever the clock moves', () => {
    const ms = fc.integer({ min: -100_000, max: 100_000 });
    fc.assert(
      fc.property(
        fc.record({ openedAfter: fc.option(ms), openedBefore: ms }),
        fc.array(ms, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        (bracket, offsets, ended) => {
          const tracked = trackedLeak();
          tracked.bracket = bracket;
          if (ended) tracked.ended = { at: tracked.lastSeenAt, as: 'closed' };
          for (const offset of offsets) {
            const told = ConnectionSchema.parse(wireConnection(tracked, (at) => instant(at + offset), 1));
            const dates = [told.openedAfter, told.openedBefore, told.firstSeenAt, told.lastSeenAt, told.endedAt];
            const known = dates.filter((date) => typeof date === 'string');
            expect(known).toEqual(known.toSorted());
          }
        },
      ),
    );
  });

  it('is never longer than foretold, in any script', () => {
    const tracked = trackedLeak();
    const owner = {
      pid: 4_194_304,
      startedAt: instant(0),
      executable: 'x'.repeat(200),
      command: '漏"\\'.repeat(340),
      descriptor: 1_048_575,
    };
    tracked.owners = Array.from({ length: 64 }, () => owner);
    expect(Buffer.byteLength(JSON.stringify(wireConnection(tracked, instant, 1)))).toBeLessThan(mostBytes(tracked));
  });

  it('is foretold to within a hundred bytes, open and ended', () => {
    const tracked = trackedLeak();
    const slack = () => mostBytes(tracked) - Buffer.byteLength(JSON.stringify(wireConnection(tracked, instant, 1)));
    expect(slack()).toBeGreaterThan(0);
    expect(slack()).toBeLessThan(100);
    tracked.ended = { at: 11_000, as: 'closed' };
    expect(slack()).toBeGreaterThan(0);
    expect(slack()).toBeLessThan(100);
  });

  it('is foretold with all that a half-close, a timer and a backlog add', () => {
    const tracked = trackedLeak();
    const timer = { kind: 'zero_window_probe', expiresInMs: 4_294_967_295, retries: 255 } as const;
    tracked.socket = { ...leak({ inode: 0 }), timer: () => timer };
    tracked.learn(
      { bytesAcked: 9_007_199_254_740_991, lastDataSentMs: 10, lastDataReceivedMs: 0, lastAckReceivedMs: 0 },
      6_000,
    );
    const connection = wireConnection(tracked, instant, 1);
    expect(ConnectionSchema.parse(connection)).toEqual(connection);
    expect(connection).toMatchObject({
      bytesAcked: 9_007_199_254_740_991,
      lastSentAt: '2026-11-22T00:00:05.990Z',
      timer,
      acceptQueue: { length: 0, limit: null },
    });
    const slack = mostBytes(tracked) - Buffer.byteLength(JSON.stringify(connection));
    expect(slack).toBeGreaterThan(0);
    expect(slack).toBeLessThan(100);
  });
});
