import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Connection, type Orphan, type ProcessEvidence } from '@closewatch/protocol';
import { readFileSync, readlinkSync } from 'node:fs';
import { LabWatch } from '../testing/lab-watch.ts';

/**
 * Every way to leak, by the programs of the leak lab, all at once beside one agent: what its snapshots tell of each.
 * Numbers have wide margins, for other programs share the CPUs.
 */
const COUNT = 3;
const SCENARIOS = [
  'code-leak',
  'not-reading',
  'never-accepted',
  'stopped',
  'busy',
  'starved',
  'lock',
  'file-lock',
  'pipe',
  'keepalive-leak',
  'inherited',
  'half-close',
] as const;
type Name = (typeof SCENARIOS)[number];

jest.setTimeout(30_000);

const watch = new LabWatch<Name>();

// The keepalive leaves time for the two looks that the agent tells of a connection after.
beforeAll(
  () => watch.start(SCENARIOS, '--count', String(COUNT), '--rate', '200', '--keepalive', '6s', '--duration', '2m'),
  60_000,
);

afterAll(() => watch.close());

/** Waits until a scenario's process is seen in the way it is meant to be; returns the evidence that shows it. */
function untilSeen(name: Name, isIt: (evidence: ProcessEvidence) => boolean): Promise<ProcessEvidence> {
  const look = (): ProcessEvidence | false => {
    const evidence = watch.evidenceOf(name);
    return evidence !== undefined && evidence.closeWait === COUNT && isIt(evidence) && evidence;
  };
  return watch.until(look, () => watch.evidenceOf(name) ?? watch.connectionsOf(name));
}

/** Whether all its threads are in this state, and asleep in this function of the kernel. */
function allAre({ waits }: ProcessEvidence, state: string, wchan?: RegExp): boolean {
  return waits.length > 0 && waits.every((wait) => wait.state === state && (wchan?.test(wait.wchan ?? '') ?? true));
}

/** Why the agent may not see in what other processes sleep: it is neither root nor their parent. */
function obstacleToWaits(): string | undefined {
  if (process.geteuid?.() === 0) return undefined;
  try {
    const scope = readFileSync('/proc/sys/kernel/yama/ptrace_scope', 'utf8').trim();
    return scope === '0' ? undefined : `kernel.yama.ptrace_scope is ${scope}`;
  } catch {
    return undefined;
  }
}

const obstacle = obstacleToWaits();
const itSeesWaits = obstacle === undefined ? it : it.skip;
const why = obstacle === undefined ? '' : ` (${obstacle})`;

describe('beside the leak lab the agent tells of', () => {
  it('code-leak: everything read, by a process that polls and has nothing to do', async () => {
    const evidence = await untilSeen('code-leak', ({ cpu }) => cpu !== null && cpu.runMsPerSecond < 300);
    expect(evidence).toMatchObject({ unread: 0, orphaned: 0 });
    const connections = watch.connectionsOf('code-leak');
    expect(connections.map(({ recvQueue }) => recvQueue)).toEqual(Array(COUNT).fill(0));
    for (const connection of connections) {
      expect(connection).toMatchObject({ ownership: 'known', direction: 'inbound', timer: { kind: 'none' } });
      expect(connection.owners).toMatchObject([{ pid: watch.lab('code-leak').pid }]);
    }
  });

  it('not-reading: bytes and the end unread, by a process that is as healthy', async () => {
    const evidence = await untilSeen('not-reading', ({ cpu }) => cpu !== null && cpu.runMsPerSecond < 300);
    expect(evidence).toMatchObject({ unread: COUNT, orphaned: 0 });
    expect(watch.connectionsOf('not-reading').map(({ recvQueue }) => recvQueue)).toEqual(Array(COUNT).fill(19));
  });

  itSeesWaits(`code-leak and not-reading: just seen waiting for events${why}`, async () => {
    for (const name of ['code-leak', 'not-reading'] as const) {
      const { waits } = await untilSeen(name, ({ polledAgoMs }) => polledAgoMs !== null && polledAgoMs < 5_000);
      expect(waits.some(({ wchan }) => wchan !== null && /epoll|ep_poll/.test(wchan))).toBe(true);
    }
  });

  it('never-accepted: no owner, no descriptor, and how full the queue is', async () => {
    const all = (): Connection[] => watch.connectionsOf('never-accepted');
    await watch.until(() => all().length === COUNT, all);
    for (const connection of all()) {
      expect(connection).toMatchObject({ ownership: 'not_accepted', owners: [], direction: 'inbound' });
      expect(connection.recvQueue).toBeGreaterThanOrEqual(1);
      expect(connection.acceptQueue).toEqual({ length: COUNT, limit: COUNT });
    }
    expect(watch.evidenceOf('never-accepted')).toBeUndefined();
  });

  it('stopped: all threads in state T, and no run time', async () => {
    const evidence = await untilSeen('stopped', (seen) => allAre(seen, 'T') && seen.cpu !== null);
    expect(evidence).toMatchObject({ unread: COUNT, cpu: { runQueueWaitMsPerSecond: 0 } });
    expect(evidence.cpu?.runMsPerSecond).toBeLessThan(50);
  });

  it('busy: its thread runs, for a good part of each second', async () => {
    const evidence = await untilSeen(
      'busy',
      (seen) => allAre(seen, 'R') && seen.cpu !== null && seen.cpu.runMsPerSecond > 250,
    );
    expect(evidence).toMatchObject({ unread: COUNT, polledAgoMs: null });
    await watch.end('busy');
  });

  it('starved: its thread would run, and waits for a CPU far longer than it has one', async () => {
    const evidence = await untilSeen(
      'starved',
      (seen) => allAre(seen, 'R') && seen.cpu !== null && seen.cpu.runQueueWaitMsPerSecond > 400,
    );
    expect(evidence).toMatchObject({ unread: COUNT, polledAgoMs: null });
    const { runMsPerSecond = Infinity, runQueueWaitMsPerSecond = 0 } = evidence.cpu ?? {};
    expect(runQueueWaitMsPerSecond).toBeGreaterThan(2 * runMsPerSecond);
    await watch.end('starved');
  });

  itSeesWaits(`lock: every thread waits in futex, and none was seen polling${why}`, async () => {
    const evidence = await untilSeen(
      'lock',
      (seen) => allAre(seen, 'S', /^futex_/) && seen.cpu !== null && seen.cpu.runMsPerSecond < 50,
    );
    expect(evidence).toMatchObject({ unread: COUNT, polledAgoMs: null, threads: { total: 3, looked: 3 } });
    expect(evidence.waits).toEqual([expect.objectContaining({ syscall: 'futex', threads: 3 })]);
  });

  itSeesWaits(`file-lock: its thread waits for the lock on a file${why}`, async () => {
    const evidence = await untilSeen('file-lock', (seen) => allAre(seen, 'S', /^locks_lock_inode_wait$/));
    expect(evidence).toMatchObject({ unread: COUNT, waits: [{ syscall: 'flock', threads: 1 }] });
  });

  itSeesWaits(`pipe: its thread reads a pipe${why}`, async () => {
    const evidence = await untilSeen('pipe', (seen) => allAre(seen, 'S', /pipe_(read|wait)$/));
    expect(evidence).toMatchObject({ unread: COUNT, waits: [{ syscall: 'read', threads: 1 }] });
  });

  it('keepalive-leak: a keepalive runs, then the sockets are orphaned and their descriptors open', async () => {
    const { pid } = watch.lab('keepalive-leak');
    const told = (): Connection[] => watch.looksAt('keepalive-leak').flat();
    const orphaned = (): Connection[] => told().filter(({ endedAs }) => endedAs === 'orphaned');
    await watch.until(() => orphaned().length === COUNT, told);
    const before = told().filter(({ endedAs }) => endedAs === undefined);
    expect(before.map(({ timer }) => timer?.kind)).toContain('keepalive');
    for (const { owners } of orphaned()) {
      expect(owners).toMatchObject([{ pid }]);
      expect(readlinkSync(`/proc/${pid}/fd/${owners[0]?.descriptor}`)).toMatch(/^socket:/);
    }
    const held = (): Orphan[] =>
      (watch.snapshots().findLast(({ orphans }) => orphans !== undefined)?.orphans?.items ?? []).filter(({ owners }) =>
        owners.some((owner) => owner.pid === pid),
      );
    await watch.until(() => held().length === COUNT, held);
    expect(held().map(({ socketId }) => socketId)).toEqual(
      expect.arrayContaining(orphaned().map(({ socketId }) => socketId)),
    );
    const evidence = (): ProcessEvidence | undefined => watch.evidenceOf('keepalive-leak');
    await watch.until(() => evidence()?.orphaned === COUNT, evidence);
    expect(evidence()).toMatchObject({ closeWait: 0, unread: 0 });
  });

  it('inherited: two owners of each socket, and evidence of both', async () => {
    await untilSeen('inherited', () => true);
    const connections = watch.connectionsOf('inherited');
    expect(connections.map(({ owners }) => owners.length)).toEqual(Array(COUNT).fill(2));
    const pids = new Set(connections.flatMap(({ owners }) => owners.map(({ pid }) => pid)));
    expect(pids.size).toBe(2);
    expect(pids).toContain(watch.lab('inherited').pid);
    for (const pid of pids)
      expect(watch.evidenceOf('inherited', pid)).toMatchObject({ closeWait: COUNT, unread: COUNT });
  });

  it('half-close: nothing unread, and the peer acknowledges more and more', async () => {
    const told = (): Connection[] => watch.looksAt('half-close').flat();
    // How far each had come, look by look. The agent asks again twice a minute.
    const progress = (): (number | null)[][] =>
      [...Map.groupBy(told(), ({ socketId }) => socketId).values()].map((looks) =>
        looks.map(({ bytesAcked }) => bytesAcked),
      );
    const grows = (looks: readonly (number | null)[]): boolean => (looks.at(-1) ?? 0) > (looks[0] ?? Infinity);
    await watch.until(() => progress().length === COUNT && progress().every(grows), progress, 50_000);
    expect(new Set(told().map(({ recvQueue }) => recvQueue))).toEqual(new Set([0]));
    for (const { lastSentAt, lastSeenAt } of watch.connectionsOf('half-close')) {
      expect(Date.parse(lastSeenAt) - Date.parse(lastSentAt ?? '')).toBeLessThan(15_000);
    }
  }, 60_000);
});
