import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PUSH_LIMITS, type Orphan } from '@closewatch/protocol';
import { ConnectionChoice } from '../leaks/connection-choice.ts';
import { LeakTracker } from '../leaks/leak-tracker.ts';
import { OwnerFinder } from '../processes/owner-finder.ts';
import { OwnerKeeper } from '../processes/owner-keeper.ts';
import { type CloseWaitSocket } from '../sockets/socket-table.ts';
import { FakeProc } from '../testing/fake-proc.ts';
import { leak, tableOf } from '../testing/tables.ts';
import { type Collector } from './collector.ts';
import { Sampler } from './sampler.ts';
import { ServerClock } from './server-clock.ts';

const MANY = 10_000;
/** When so many are gone through anew (round-pace.ts). */
const ROUND_LATER_MS = 301_000;
const OWNER = { startedAt: new Date(1_000).toISOString(), executable: 'java', command: `java ${'x'.repeat(1_000)}` };

let proc: FakeProc;
let now: number;
let there: readonly CloseWaitSocket[];
let tracker: LeakTracker;

beforeEach(() => {
  now = 0;
  proc = new FakeProc();
  proc.begin(1, {});
  proc.begin(99, {});
  there = Array.from({ length: MANY }, (_, index) =>
    leak({ cookie: String(index), inode: index + 1, peerPort: index }),
  );
});

afterEach(() => proc.remove());

function samplerOf(collectors: readonly Collector[] = []): Sampler {
  const clock = new ServerClock({ monotonic: () => now, wall: () => 1e12 + now });
  tracker = new LeakTracker(
    { bootId: 'b', namespaceInode: 1 },
    (at) => clock.instant(at),
    () => false,
  );
  let seq = 0;
  return new Sampler({
    nextSeq: () => seq++,
    source: {
      name: 'netlink',
      read: () => Promise.resolve(tableOf(...there)),
      ages: () => undefined,
      close: () => undefined,
    },
    tracker,
    choice: new ConnectionChoice(),
    owners: new OwnerKeeper(new OwnerFinder(proc.root, 0)),
    collectors,
    clock,
    intervalMs: 5_000,
    behind: () => false,
    uptimeMs: () => now,
  });
}

/** One more snapshot, and how many turns the event loop had meanwhile. */
async function next(sampler: Sampler, afterMs = 5_000) {
  now += afterMs;
  let turns = 0;
  let tick = setImmediate(function again() {
    turns++;
    tick = setImmediate(again);
  });
  const snapshot = await sampler.next();
  clearImmediate(tick);
  return { snapshot, turns };
}

describe('ten thousand connections', () => {
  it('are written down in turns with others, and their dates are of one clock', async () => {
    const sampler = samplerOf();
    await next(sampler);
    await next(sampler);
    const { snapshot, turns } = await next(sampler, ROUND_LATER_MS);
    expect(snapshot).toMatchObject({ complete: true, seq: 2 });
    expect(snapshot.connections).toHaveLength(MANY);
    expect(turns).toBeGreaterThanOrEqual(2);
  }, 30_000);

  it('that have ended at once are looked after in turns with others', async () => {
    const sampler = samplerOf();
    await next(sampler);
    await next(sampler);
    for (const tracked of tracker.open()) {
      tracked.owners = [{ ...OWNER, command: 'java', pid: 99, descriptor: tracked.inode }];
    }
    there = [];
    await next(sampler);
    const { snapshot, turns } = await next(sampler);
    expect(snapshot.connections).toHaveLength(MANY);
    expect(new Set(snapshot.connections.map(({ endedAs }) => endedAs))).toEqual(new Set(['closed']));
    expect(turns).toBeGreaterThanOrEqual(4);
  }, 30_000);

  it('fit into a push together with all that collectors tell', async () => {
    const items = Array.from({ length: 1_000 }, (_, index): Orphan => ({
      socketId: `orphan-${index}`,
      orphanedAt: OWNER.startedAt,
      owners: [{ ...OWNER, pid: 99, descriptor: index }],
    }));
    // Of those that nobody accepted yet no owner is searched for: these stay as they are told.
    there = there.map(({ key }) => leak({ cookie: String(key), inode: 0, peerPort: Number(key) }));
    const sampler = samplerOf([
      {
        name: 'orphans',
        missing: [],
        collect: () => Promise.resolve({ orphans: { count: items.length, items } }),
        close: () => undefined,
      },
    ]);
    await next(sampler);
    await next(sampler);
    for (const tracked of tracker.open()) {
      tracked.owners = [{ ...OWNER, pid: 99, descriptor: 3 }];
    }
    const { snapshot } = await next(sampler, ROUND_LATER_MS);
    const bytes = Buffer.byteLength(JSON.stringify(snapshot));
    expect(bytes).toBeGreaterThan(PUSH_LIMITS.bodyBytes * 0.8);
    expect(bytes).toBeLessThan(PUSH_LIMITS.bodyBytes - 128 * 1024);
    expect(snapshot.complete).toBe(false);
  }, 60_000);
});
