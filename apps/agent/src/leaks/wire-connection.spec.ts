import { describe, expect, it } from '@jest/globals';
import { ConnectionSchema } from '@closewatch/protocol';
import { leak, tableOf } from '../testing/tables.ts';
import { LeakTracker } from './leak-tracker.ts';
import { mostBytes, wireConnection } from './wire-connection.ts';

const instant = (ms: number): string => new Date(Date.UTC(2026, 10, 22) + ms).toISOString();

function trackedLeak() {
  const tracker = new LeakTracker({ bootId: 'b', namespaceInode: 1 }, instant);
  for (const at of [1_000, 6_000]) tracker.observe({ startedAt: at, takenAt: at, table: tableOf(leak()) });
  const [tracked] = [...tracker.open()];
  if (tracked === undefined) throw new Error('nothing is tracked');
  return tracked;
}

describe('a connection on the wire', () => {
  it('passes the contract as it is, open', () => {
    const connection = wireConnection(trackedLeak(), instant);
    expect(ConnectionSchema.parse(connection)).toEqual(connection);
    expect(connection).toMatchObject({ openedAfter: null, openedBefore: '2026-11-22T00:00:01.000Z', uid: 1000 });
    expect(connection).not.toHaveProperty('endedAt');
  });

  it('passes the contract as it is, ended', () => {
    const tracked = trackedLeak();
    tracked.ended = { at: 11_000, as: 'orphaned' };
    const connection = wireConnection(tracked, instant);
    expect(ConnectionSchema.parse(connection)).toEqual(connection);
    expect(connection).toMatchObject({ endedAt: '2026-11-22T00:00:11.000Z', endedAs: 'orphaned' });
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
    expect(Buffer.byteLength(JSON.stringify(wireConnection(tracked, instant)))).toBeLessThanOrEqual(mostBytes(tracked));
  });
});
