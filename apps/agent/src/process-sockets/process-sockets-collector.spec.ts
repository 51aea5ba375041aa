import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ProcessTableSchema, type ProcessTable } from '@closewatch/protocol';
import { parseTcpState } from '@closewatch/socket-states';
import { setTimeout as sleep } from 'node:timers/promises';
import { type SocketRoll } from '../sockets/socket-roll.ts';
import { builtProgram } from '../testing/built-program.ts';
import { FakeProc } from '../testing/fake-proc.ts';
import { ZooNamespace, isThere, obstacleToNetstat } from '../testing/network-namespace.ts';
import { ProcessSocketsCollector } from './process-sockets-collector.ts';

const ourUid = process.getuid?.() ?? 0;
const [ESTABLISHED, CLOSE_WAIT, NEW_SYN_RECV] = [1, 8, 12];
const procs: FakeProc[] = [];

afterEach(() => {
  for (const proc of procs.splice(0)) proc.remove();
});

/** A host whose looks find these sockets, as inode and state; and turns that begin at the instants they are told. */
function host(processes: Record<number, Record<number, string>>) {
  const proc = new FakeProc();
  procs.push(proc);
  for (const [pid, descriptors] of Object.entries(processes)) proc.begin(Number(pid), descriptors);
  const collector = new ProcessSocketsCollector({ procRoot: proc.root, bootedAtMs: 0 });
  const look = async (at: number, fill: (roll: SocketRoll) => void = () => undefined) => {
    const roll = collector.rollFor(at);
    if (roll !== undefined) {
      roll.clear();
      fill(roll);
    }
    const { processes } = await collector.collect({
      startedAt: at,
      takenAt: at,
      tracker: { open: () => [] },
    });
    return processes;
  };
  return { look, collector };
}

/** Counts by pid. */
function byPid(table: ProcessTable | undefined): Record<number, Record<string, number | undefined>> {
  return Object.fromEntries((table?.items ?? []).map(({ process, counts }) => [process.pid, counts]));
}

describe('processes by state in snapshots', () => {
  it('come with the second one, and again after half a minute', async () => {
    const { look } = host({ 1: {}, 20: { 3: 'socket:[77]', 4: 'socket:[78]', 5: 'socket:[79]' } });
    expect(await look(0)).toBeUndefined();
    const table = await look(5_000, (roll) => {
      roll.add(77, ourUid, ESTABLISHED);
      roll.add(78, ourUid, CLOSE_WAIT);
      roll.add(79, ourUid, NEW_SYN_RECV);
      roll.add(0, ourUid, CLOSE_WAIT);
      roll.add(99, ourUid, ESTABLISHED);
    });
    expect(ProcessTableSchema.parse(table)).toEqual(table);
    expect(byPid(table)).toEqual({ 20: { established: 1, close_wait: 1, syn_received: 1 } });
    expect(table).toMatchObject({ unowned: 2, others: 0, items: [{ process: { executable: 'prog 20' } }] });
    expect(await look(30_000)).toBeUndefined();
    // Looks do not come to the millisecond.
    expect(await look(34_900)).toMatchObject({ items: [], unowned: 0, others: 0 });
  });

  it('count a socket with each of its holders', async () => {
    const { look } = host({ 1: {}, 20: { 3: 'socket:[77]' }, 21: { 3: 'socket:[77]', 4: 'socket:[77]' } });
    await look(0);
    const table = await look(5_000, (roll) => roll.add(77, ourUid, ESTABLISHED));
    expect(byPid(table)).toEqual({ 20: { established: 1 }, 21: { established: 1 } });
    expect(table?.unowned).toBe(0);
  });

  it('are those with most sockets and all that hold CLOSE_WAIT; sockets of the rest are a number', async () => {
    const pids = Array.from({ length: 130 }, (_, i) => 100 + i);
    const { look } = host(
      Object.fromEntries([
        [1, {}],
        ...pids.map((pid) => [pid, { 3: `socket:[${pid}]`, 4: `socket:[${pid + 1_000}]` }]),
      ]) as Record<number, Record<number, string>>,
    );
    await look(0);
    const table = await look(5_000, (roll) => {
      for (const pid of pids) {
        roll.add(pid, ourUid, pid === 229 ? CLOSE_WAIT : ESTABLISHED);
        if (pid < 210) roll.add(pid + 1_000, ourUid, ESTABLISHED);
      }
    });
    expect(table?.items).toHaveLength(101);
    expect(byPid(table)[229]).toEqual({ close_wait: 1 });
    expect(byPid(table)[100]).toEqual({ established: 2 });
    // Ten with two sockets each, nineteen with one.
    expect(table?.others).toBe(39);
    expect(table?.unowned).toBe(0);
  });

  it('tell that sockets are nobody’s because processes may not be looked into', async () => {
    const { look, collector } = host({ 20: {} });
    await look(0);
    expect(await look(5_000, (roll) => roll.add(77, ourUid, ESTABLISHED))).toMatchObject({ unowned: 1 });
    expect(collector.missing).toEqual([expect.stringMatching(/may not be looked into.*CAP_SYS_PTRACE/)]);
  });
});

interface Told {
  processes: ProcessTable;
  missing: string[];
}

const obstacle = obstacleToNetstat() ?? (isThere('ss') ? undefined : 'iproute2 (ss) is missing');
const describeBesideSs = obstacle === undefined ? describe : describe.skip;

describeBesideSs(`processes beside ss${obstacle === undefined ? '' : ` (${obstacle})`}`, () => {
  let namespace: ZooNamespace;
  let program: Awaited<ReturnType<typeof builtProgram>>;

  beforeAll(async () => {
    program = await builtProgram('testing/process-sockets.ts');
    namespace = await ZooNamespace.open();
  }, 30_000);

  afterAll(async () => {
    await namespace.close();
    await program.remove();
  });

  it('hold what ss says they hold, by netlink and by /proc', async () => {
    for (let attempt = 0; attempt < 10; attempt++) {
      const before = heldBy(namespace.run('ss', '-Htanp'));
      const told = namespace
        .run(process.execPath, program.path)
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Told);
      const after = heldBy(namespace.run('ss', '-Htanp'));
      if (JSON.stringify(after) !== JSON.stringify(before)) {
        await sleep(500);
        continue;
      }
      expect(told).toHaveLength(2);
      for (const { processes, missing } of told) {
        expect(ProcessTableSchema.parse(processes)).toEqual(processes);
        expect(byPid(processes)).toEqual(before.held);
        expect(processes.unowned).toBe(before.unowned);
        expect(missing).toEqual([]);
        const [zoo] = processes.items;
        expect(zoo?.process).toMatchObject({ executable: 'node', command: expect.stringContaining('socket-zoo') });
        expect(zoo?.descriptors.used).toBeGreaterThan(100);
        expect(zoo?.descriptors.limit).toBeGreaterThan(zoo?.descriptors.used ?? 0);
      }
      return;
    }
    throw new Error('the namespace did not come to rest');
  }, 60_000);
});

/** Counts by pid and state in the lines of `ss -Htanp`, and how many are nobody's, TIME_WAIT left out. */
function heldBy(text: string): { held: Record<string, Record<string, number>>; unowned: number } {
  const held: Record<string, Record<string, number>> = {};
  let unowned = 0;
  for (const line of text.trim().split('\n')) {
    const state = parseTcpState(line.split(/\s+/)[0] ?? '') ?? 'unknown';
    const pid = /pid=(\d+)/.exec(line)?.[1];
    if (pid === undefined) {
      if (state !== 'time_wait') unowned++;
      continue;
    }
    const counts = (held[pid] ??= {});
    counts[state] = (counts[state] ?? 0) + 1;
  }
  return { held, unowned };
}
