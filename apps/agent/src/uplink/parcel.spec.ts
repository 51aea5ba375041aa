import { describe, expect, it } from '@jest/globals';
import { type Connection, type Snapshot } from '@closewatch/protocol';
import { TCP_STATES, type TcpState } from '@closewatch/socket-states';
import { gunzipSync } from 'node:zlib';
import { leak, tableOf } from '../testing/tables.ts';
import { LeakTracker } from '../leaks/leak-tracker.ts';
import { wireConnection } from '../leaks/wire-connection.ts';
import { parcelOf } from './parcel.ts';

const RUN = { runId: 'r', bootId: 'b' };
const instant = (ms: number): string => new Date(ms).toISOString();

function connections(many: number): Connection[] {
  const tracker = new LeakTracker({ bootId: 'b', namespaceInode: 1 }, instant, () => false);
  const table = tableOf(
    ...Array.from({ length: many }, (_, index) => leak({ cookie: String(index), inode: index + 1 })),
  );
  for (const at of [1_000, 6_000]) tracker.observe({ startedAt: at, takenAt: at, table });
  return [...tracker.open()].map((tracked) => wireConnection(tracked, instant, 1));
}

describe('a parcel', () => {
  it.each([0, 1, 255, 256, 257, 1_000])(
    'holds a snapshot with %i connections to the letter, and its size',
    async (many) => {
      const counts = Object.fromEntries(TCP_STATES.map((state) => [state, state.length])) as Record<TcpState, number>;
      const snapshot: Snapshot = {
        seq: 7,
        takenAt: instant(6_000),
        intervalMs: 5_000,
        netns: 0,
        counts,
        connections: connections(many),
        complete: true,
        turnover: [],
      };
      const { seq, takenAtMs, size, packed, run } = await parcelOf(RUN, snapshot);
      expect({ seq, takenAtMs, run }).toEqual({ seq: 7, takenAtMs: 6_000, run: RUN });
      const text = gunzipSync(packed);
      expect(JSON.parse(text.toString())).toEqual(snapshot);
      expect(size).toBe(text.length);
    },
  );
});
