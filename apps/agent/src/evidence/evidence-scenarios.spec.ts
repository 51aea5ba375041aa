import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SnapshotSchema, type ProcessEvidence } from '@closewatch/protocol';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readHostFacts } from '../host/host-facts.ts';
import { CpuCgroup, obstacleToCpuCgroup } from '../testing/cpu-cgroup.ts';
import { ownerOf, sampledWith } from '../testing/holding.ts';
import { isThere } from '../testing/network-namespace.ts';
import { ended, untilSays } from '../testing/program.ts';
import { EvidenceCollector } from './evidence-collector.ts';
import { syscallNamesOf } from './syscall-names.ts';

/** Real processes in the situations of the guide: what the kernel says of each. */
const facts = readHostFacts('/proc');
const nameOf = syscallNamesOf(process.arch);
const children: ChildProcess[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'closewatch-evidence-'));
});

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGCONT');
    await ended(child, 'SIGKILL');
  }
  rmSync(folder, { recursive: true });
});

/** Starts a program and returns its pid. Its standard input stays open. */
function begun(command: string, ...words: string[]): number {
  const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  if (child.pid === undefined) throw new Error(`${command} did not start`);
  return child.pid;
}

async function begunNode(program: string): Promise<number> {
  const pid = begun(process.execPath, '-e', `process.stdout.write('ready\\n');${program}`);
  await untilSays(children.at(-1)!, 'ready');
  return pid;
}

function collectorOfHere(): EvidenceCollector {
  return new EvidenceCollector({
    procRoot: '/proc',
    ...facts,
    architecture: process.arch,
    now: () => performance.now(),
  });
}

/** Looks at processes said to hold a socket each until `seen`, for three seconds at most, and then once more. */
async function evidenceOf(
  pids: readonly number[],
  { until = () => true, windowMs = 400 }: { until?: (of: ProcessEvidence) => boolean; windowMs?: number } = {},
): Promise<ProcessEvidence[]> {
  const sampled = sampledWith(...pids.map((pid) => ({ owners: [ownerOf(pid, '/proc', facts.bootedAtMs)] })));
  const collector = collectorOfHere();
  for (const deadline = performance.now() + 3_000; performance.now() < deadline; await sleep(50)) {
    const { evidence = [] } = await collector.collect(sampled);
    if (evidence.length === pids.length && evidence.every(until)) break;
  }
  await sleep(windowMs);
  const { evidence = [] } = await collector.collect(sampled);
  collector.close();
  expect(SnapshotSchema.shape.evidence.parse(evidence)).toEqual(evidence);
  expect(evidence).toHaveLength(pids.length);
  return [...evidence];
}

async function evidenceOfOne(
  pid: number,
  options: { until?: (of: ProcessEvidence) => boolean; windowMs?: number } = {},
): Promise<ProcessEvidence> {
  const [evidence] = await evidenceOf([pid], options);
  if (evidence === undefined) throw new Error('no evidence');
  return evidence;
}

const sleepsIn = (wchan: RegExp) => ({
  until: ({ waits }: ProcessEvidence): boolean => waits.some((wait) => wait.wchan !== null && wchan.test(wait.wchan)),
});
const idle = { runMsPerSecond: expect.any(Number), runQueueWaitMsPerSecond: expect.any(Number) };

describe('the evidence of a process', () => {
  it('that waits for events: it was seen polling just now, and does nothing', async () => {
    const pid = await begunNode('setInterval(() => {}, 60000)');
    const evidence = await evidenceOfOne(pid, sleepsIn(/epoll|ep_poll/));
    expect(evidence).toMatchObject({
      process: { pid, executable: 'node' },
      uid: process.geteuid?.(),
      closeWait: 1,
      unread: 1,
      orphaned: 0,
      polledAgoMs: 0,
      cpu: idle,
      throttling: null,
      missing: [],
    });
    expect(evidence.windowMs).toBeGreaterThanOrEqual(399);
    expect(evidence.watchedMs).toBeGreaterThanOrEqual(evidence.windowMs ?? 0);
    expect(evidence.threads.looked).toBe(readdirSync(`/proc/${pid}/task`).length);
    expect(evidence.threads.total).toBe(evidence.threads.looked);
    expect(evidence.cpu?.runMsPerSecond).toBeLessThan(100);
    expect(evidence.descriptors).toEqual({
      used: readdirSync(`/proc/${pid}/fd`).length,
      limit: Number(/^Max open files +(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1]),
    });
  });

  it('that is stopped: state T, and what it was stopped in is no polling', async () => {
    const pid = await begunNode('setInterval(() => {}, 60000)');
    process.kill(pid, 'SIGSTOP');
    const evidence = await evidenceOfOne(pid, { until: ({ waits }) => waits.every(({ state }) => state === 'T') });
    expect(evidence.waits.map(({ state, wchan }) => ({ state, wchan }))).toContainEqual({
      state: 'T',
      wchan: 'do_signal_stop',
    });
    expect(evidence).toMatchObject({ cpu: { runMsPerSecond: 0, runQueueWaitMsPerSecond: 0 } });
    expect(evidence.polledAgoMs ?? Infinity).toBeGreaterThanOrEqual(evidence.windowMs ?? Infinity);
  });

  it('that is busy: on a CPU most of the time, never seen polling', async () => {
    const pid = begun('sh', '-c', 'while :; do :; done');
    const evidence = await evidenceOfOne(pid, { until: ({ waits }) => waits[0]?.state === 'R' });
    expect(evidence.waits).toEqual([{ state: 'R', wchan: null, syscall: null, threads: 1 }]);
    const { runMsPerSecond = 0, runQueueWaitMsPerSecond = 0 } = evidence.cpu ?? {};
    expect(runMsPerSecond).toBeGreaterThan(150);
    expect(runMsPerSecond + runQueueWaitMsPerSecond).toBeGreaterThan(800);
    expect(runMsPerSecond + runQueueWaitMsPerSecond).toBeLessThan(1_200);
    expect(evidence.polledAgoMs).toBeNull();
  });

  it('that shares one CPU with four others: it waits for it most of the time', async () => {
    const pids = Array.from({ length: 5 }, () => begun('taskset', '-c', '0', 'sh', '-c', 'while :; do :; done'));
    for (const { process: one, cpu } of await evidenceOf(pids, { windowMs: 1_000 })) {
      expect(pids).toContain(one.pid);
      expect(cpu?.runQueueWaitMsPerSecond).toBeGreaterThan(2 * (cpu?.runMsPerSecond ?? Infinity));
    }
  });

  it('that waits for a lock: futex, and only a thread of the runtime polls', async () => {
    const pid = await begunNode('Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)');
    const isLocked = (): boolean => readFileSync(`/proc/${pid}/wchan`, 'latin1').startsWith('futex_');
    const evidence = await evidenceOfOne(pid, { until: isLocked });
    const [first] = evidence.waits;
    expect(first).toMatchObject({ state: 'S', wchan: expect.stringMatching(/^futex_/), syscall: 'futex' });
    expect(evidence.cpu?.runMsPerSecond).toBeLessThan(100);
    // Older ones do not name their threads.
    if (Number(process.versions.node.split('.')[0]) >= 24) expect(evidence.polledAgoMs).toBeNull();
  });

  it('that waits for a file lock by flock(2)', async () => {
    const file = join(folder, 'lock');
    begun('flock', '--no-fork', file, 'sh', '-c', 'echo held; exec cat');
    await untilSays(children.at(-1)!, 'held');
    const evidence = await evidenceOfOne(begun('flock', file, 'true'), sleepsIn(/lock/));
    expect(evidence.waits).toEqual([{ state: 'S', wchan: 'locks_lock_inode_wait', syscall: 'flock', threads: 1 }]);
    expect(evidence.polledAgoMs).toBeNull();
  });

  (isThere('python3') ? it : it.skip)(
    'that waits for a file lock by fcntl(2), for which Python is needed',
    async () => {
      const script =
        'import fcntl,sys;f=open(sys.argv[1],"w");fcntl.lockf(f,fcntl.LOCK_EX);print("held",flush=True);sys.stdin.read()';
      const file = join(folder, 'lock');
      begun('python3', '-c', script, file);
      await untilSays(children.at(-1)!, 'held');
      const evidence = await evidenceOfOne(begun('python3', '-c', script, file), sleepsIn(/setlk/));
      expect(evidence.waits).toEqual([{ state: 'S', wchan: 'fcntl_setlk', syscall: 'fcntl', threads: 1 }]);
    },
  );

  it('that reads a pipe: it does not wait for events', async () => {
    // What Node gives a child as its standard input is a socket.
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const evidence = await evidenceOfOne(begun('sh', '-c', 'exec cat <> "$0"', fifo), sleepsIn(/pipe/));
    expect(evidence.waits).toEqual([
      { state: 'S', wchan: expect.stringMatching(/pipe_(read|wait)$/), syscall: 'read', threads: 1 },
    ]);
    expect(evidence.polledAgoMs).toBeNull();
  });
});

const obstacle = obstacleToCpuCgroup();
const describeQuota = obstacle === undefined ? describe : describe.skip;

describeQuota(`under a CFS quota${obstacle === undefined ? '' : ` (${obstacle})`}`, () => {
  it('tells how often and how long it was held back, by a quota further up too', async () => {
    const cgroup = CpuCgroup.create({ quotaMs: 20, periodMs: 100 });
    try {
      const pid = begun('sh', '-c', 'while :; do :; done');
      cgroup.child('inner').add(pid);
      const { throttling, cpu } = await evidenceOfOne(pid, { windowMs: 1_000 });
      expect(throttling?.cgroupVersion).toBe(cgroup.version);
      expect(throttling?.throttledPerSecond).toBeGreaterThan(3);
      expect(throttling?.throttledPerSecond).toBeLessThan(15);
      expect(throttling?.throttledMsPerSecond).toBeGreaterThan(300);
      expect(cpu?.runMsPerSecond).toBeLessThan(400);
    } finally {
      for (const child of children.splice(0)) await ended(child, 'SIGKILL');
      await cgroup.remove();
    }
  });
});

it('knows the numbers of the calls that this machine makes', () => {
  expect(nameOf(Number(readFileSync('/proc/self/syscall', 'latin1').split(' ')[0]))).toBe('read');
});
