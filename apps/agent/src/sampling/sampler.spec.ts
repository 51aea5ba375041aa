import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SnapshotSchema, type Connection, type Snapshot } from '@closewatch/protocol';
import { type ChildProcess } from 'node:child_process';
import { readEphemeralPorts } from '../host/ephemeral-ports.ts';
import { readHostFacts } from '../host/host-facts.ts';
import { ConnectionChoice } from '../leaks/connection-choice.ts';
import { LeakTracker } from '../leaks/leak-tracker.ts';
import { OwnerFinder } from '../processes/owner-finder.ts';
import { OwnerKeeper } from '../processes/owner-keeper.ts';
import { NetlinkSource } from '../sockets/netlink.ts';
import { ProcfsSource } from '../sockets/procfs.ts';
import { type SocketSource } from '../sockets/socket-table.ts';
import { order, startLeakingChild } from '../testing/leaking.ts';
import { ended } from '../testing/program.ts';
import { type Collector } from './collector.ts';
import { Sampler } from './sampler.ts';
import { ServerClock } from './server-clock.ts';

let child: ChildProcess;
let port: number;
const sources: SocketSource[] = [];

beforeEach(async () => {
  ({ child, port } = await startLeakingChild(2));
});

afterEach(async () => {
  await ended(child);
  for (const source of sources.splice(0)) source.close();
});

function opened<Kind extends SocketSource>(source: Kind): Kind {
  sources.push(source);
  return source;
}

function thisClock(): ServerClock {
  return new ServerClock({ monotonic: () => performance.now(), wall: () => Date.now() });
}

/** An exchange with a server whose clock is so far ahead of this one. */
function exchangeWithServer(aheadMs: number) {
  const now = performance.now();
  return { sentAt: now, receivedAt: now, serverTimeMs: Date.now() + aheadMs };
}

function samplerOf(source: SocketSource, clock = thisClock(), collectors: readonly Collector[] = []): Sampler {
  const facts = readHostFacts('/proc');
  let seq = 0;
  return new Sampler({
    nextSeq: () => seq++,
    source,
    tracker: new LeakTracker(facts, (at) => clock.instant(at), readEphemeralPorts('/proc')),
    choice: new ConnectionChoice(),
    owners: new OwnerKeeper(new OwnerFinder('/proc', facts.bootedAtMs)),
    collectors,
    clock,
    intervalMs: 5_000,
    behind: () => false,
    uptimeMs: () => Date.now() - facts.bootedAtMs,
  });
}

/** Those of the child: other programs on this machine may leak too. */
function ours({ connections }: Snapshot): Connection[] {
  return connections.filter(({ local }) => local.port === port);
}

describe.each([
  ['netlink', () => new NetlinkSource('/proc')],
  ['procfs', () => new ProcfsSource('/proc')],
] as const)('a sampler by %s', (name, makeSource) => {
  it('tells of leaking connections from the second snapshot on, with their owner, all of them each time', async () => {
    const sampler = samplerOf(opened<SocketSource>(makeSource()));
    const first = await sampler.next();
    expect(first).toMatchObject({ seq: 0, connections: [], complete: false });
    const second = await sampler.next();
    expect(SnapshotSchema.parse(second)).toEqual(second);
    expect(second).toMatchObject({ seq: 1, complete: true });
    expect(second.counts.close_wait).toBeGreaterThanOrEqual(2);
    expect(ours(second)).toHaveLength(2);
    for (const connection of ours(second)) {
      expect(connection).toMatchObject({ direction: 'inbound', recvQueue: 1, ownership: 'known' });
      expect(connection.owners).toMatchObject([{ pid: child.pid, executable: 'node' }]);
      expect(connection.openedAfter === null).toBe(name === 'procfs');
    }
    expect(ours(await sampler.next()).map(({ socketId }) => socketId)).toEqual(
      ours(second).map(({ socketId }) => socketId),
    );
  });

  it('tells once that a connection was closed, two snapshots after', async () => {
    const sampler = samplerOf(opened<SocketSource>(makeSource()));
    await sampler.next();
    await sampler.next();
    await order(child, 'close');
    const missed = await sampler.next();
    expect(ours(missed).map(({ endedAs }) => endedAs)).toEqual([undefined, undefined]);
    const gone = ours(await sampler.next());
    expect(gone.map(({ endedAs, endedAt }) => ({ endedAs, endedAt }))).toEqual([
      { endedAs: 'closed', endedAt: missed.takenAt },
      { endedAs: 'closed', endedAt: missed.takenAt },
    ]);
    expect(gone[0]?.owners).toMatchObject([{ pid: child.pid }]);
    expect(ours(await sampler.next())).toEqual([]);
  });

  it('calls a connection orphaned that left the table while its descriptor is open', async () => {
    const sampler = samplerOf(opened<SocketSource>(makeSource()));
    await sampler.next();
    await sampler.next();
    await order(child, 'orphan');
    await sampler.next();
    expect(ours(await sampler.next()).map(({ endedAs }) => endedAs)).toEqual(['orphaned', 'orphaned']);
  });
});

describe('a sampler', () => {
  it('brackets the age of what was there before it', async () => {
    const sampler = samplerOf(opened(new NetlinkSource('/proc')));
    await sampler.next();
    const second = await sampler.next();
    const [connection] = ours(second);
    expect(Date.parse(connection?.openedAfter ?? '')).toBeLessThanOrEqual(Date.parse(connection?.openedBefore ?? ''));
    expect(Date.parse(second.takenAt) - Date.parse(connection?.openedAfter ?? '')).toBeLessThan(10_000);
  });

  it('says the same of a beginning when it knows the clock better, and anew when the server refused it', async () => {
    const clock = thisClock();
    const sampler = samplerOf(opened(new NetlinkSource('/proc')), clock);
    await sampler.next();
    const second = await sampler.next();
    const beginnings = (snapshot: Snapshot) =>
      ours(snapshot).map(({ openedAfter, openedBefore, firstSeenAt }) => [openedAfter, openedBefore, firstSeenAt]);
    clock.learn(exchangeWithServer(-600_000));
    const third = await sampler.next();
    expect(Date.parse(third.takenAt)).toBeLessThan(Date.parse(second.takenAt) - 500_000);
    expect(beginnings(third)).toEqual(beginnings(second));
    sampler.untell(new Set([second.seq]));
    const [connection] = ours(await sampler.next());
    expect(Date.parse(connection?.firstSeenAt ?? '')).toBeLessThan(Date.parse(second.takenAt) - 500_000);
  });

  it('keeps who held a connection when the process is killed', async () => {
    const sampler = samplerOf(opened(new NetlinkSource('/proc')));
    await sampler.next();
    await sampler.next();
    await ended(child, 'SIGKILL');
    await sampler.next();
    expect(ours(await sampler.next())).toMatchObject([
      { endedAs: 'closed', ownership: 'known', owners: [{ pid: child.pid }] },
      { endedAs: 'closed', ownership: 'known', owners: [{ pid: child.pid }] },
    ]);
  });

  it('goes on when its source fails: counts are unknown, it says why, and nothing has ended', async () => {
    const netlink = opened(new NetlinkSource('/proc'));
    let failing = false;
    const sampler = samplerOf({
      name: 'netlink',
      read: () => (failing ? Promise.reject(new Error('netlink: ENOBUFS')) : netlink.read()),
      ages: (socket) => netlink.ages(socket),
      close: () => undefined,
    });
    await sampler.next();
    await sampler.next();
    failing = true;
    for (const seq of [2, 3, 4]) {
      const blind = await sampler.next();
      expect(SnapshotSchema.parse(blind)).toEqual(blind);
      expect(blind).toMatchObject({
        seq,
        connections: [],
        complete: false,
        counts: { established: null, time_wait: null },
      });
      expect(sampler.missing).toEqual(['netlink: ENOBUFS']);
    }
    failing = false;
    const after = ours(await sampler.next());
    expect(after.map(({ endedAs }) => endedAs)).toEqual([undefined, undefined]);
    expect(sampler.missing).toEqual([]);
  });

  it('calls lost what it followed by another source, and follows it anew', async () => {
    let source: SocketSource = opened(new NetlinkSource('/proc'));
    const sampler = samplerOf({
      name: 'netlink',
      read: () => source.read(),
      ages: () => undefined,
      close: () => undefined,
    });
    await sampler.next();
    const before = ours(await sampler.next());
    source = opened(new ProcfsSource('/proc'));
    const changed = await sampler.next();
    expect(changed.complete).toBe(false);
    expect(ours(changed).map(({ socketId, endedAs }) => ({ socketId, endedAs }))).toEqual(
      before.map(({ socketId }) => ({ socketId, endedAs: 'lost' })),
    );
    const after = ours(await sampler.next());
    expect(after).toHaveLength(2);
    expect(after.map(({ socketId }) => socketId)).not.toContain(before[0]?.socketId);
  });
});

describe('collectors', () => {
  const collector = (parts: Partial<Collector>): Collector => ({
    name: 'test',
    missing: [],
    collect: () => Promise.resolve({}),
    close: () => undefined,
    ...parts,
  });

  it('add to the snapshot, and a failing one costs nothing else', async () => {
    const kernel = { counters: { TW: 7 } };
    const sampler = samplerOf(opened(new NetlinkSource('/proc')), thisClock(), [
      collector({ name: 'broken', collect: () => Promise.reject(new Error('no such file')) }),
      collector({ missing: ['sysctls: half of them'], collect: () => Promise.resolve({ kernel }) }),
    ]);
    const snapshot = await sampler.next();
    expect(SnapshotSchema.parse(snapshot)).toEqual(snapshot);
    expect(snapshot.kernel).toEqual(kernel);
    expect(sampler.missing).toEqual(['broken: no such file', 'sysctls: half of them']);
  });

  it('are closed with the sampler', () => {
    let closed = 0;
    samplerOf(opened(new NetlinkSource('/proc')), thisClock(), [collector({ close: () => closed++ })]).close();
    expect(closed).toBe(1);
  });
});
