import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SnapshotSchema, type DescriptorUse, type Owner, type ProcessEvidence } from '@closewatch/protocol';
import fc from 'fast-check';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startOf } from '../processes/process-description.ts';
import { type Sampled } from '../sampling/collector.ts';
import { FakeProc } from '../testing/fake-proc.ts';
import { setThreads, type FakeThread } from '../testing/fake-threads.ts';
import { sampledWith, type Held } from '../testing/holding.ts';
import { EvidenceCollector } from './evidence-collector.ts';
import { type Owned } from './holders.ts';

const BOOTED_AT = Date.UTC(2026, 10, 22);
const EPOLL = { wchan: 'do_epoll_wait', syscall: '232 0x3 0x0 0x3ff 0xffffffff 0x0 0x8 0x7ffc1ba0f3d8 0x7f2437a2dfa0' };
const FUTEX = { wchan: 'futex_do_wait', syscall: '202 0x5 0x189 0x0 0x0 0x0 0xf 0x7ffc1ba0f3d8 0x7f2437a2dfa0' };

let proc: FakeProc;
let now: number;
let orphans: Owned[];
let kinds: DescriptorUse['kinds'];
let collector: EvidenceCollector;

beforeEach(() => {
  proc = new FakeProc();
  now = 10_000;
  orphans = [];
  kinds = undefined;
  collector = new EvidenceCollector({
    procRoot: proc.root,
    bootedAtMs: BOOTED_AT,
    capabilities: ['CAP_SYS_PTRACE'],
    architecture: 'x64',
    now: () => now,
    orphansOf: () => orphans,
    kindsOf: ({ pid }) => (pid === 20 ? kinds : undefined),
  });
});

afterEach(() => {
  collector.close();
  proc.remove();
});

function owner(pid: number, startTicks = 100): Owner {
  const startedAt = startOf({ startTicks }, BOOTED_AT);
  return { pid, startedAt, executable: 'app', command: 'app --serve', descriptor: 7 };
}

/** A process of these threads, the first of which has the process' own id. */
function begin(pid: number, threads: readonly FakeThread[] = [EPOLL], cpuMs = 0, startTicks = 100): Owner {
  proc.begin(pid, {}, startTicks);
  setThreads(proc, pid, new Map(threads.map((thread, index) => [pid + index, thread])), cpuMs, startTicks);
  return owner(pid, startTicks);
}

/** What the next look tells, `afterMs` later. */
async function look(sampled: Sampled, afterMs = 5_000) {
  now += afterMs;
  const addition = await collector.collect(sampled);
  if (addition.evidence !== undefined) {
    expect(SnapshotSchema.shape.evidence.parse(addition.evidence)).toEqual(addition.evidence);
  }
  return addition;
}

async function lookAtOne(sampled: Sampled, afterMs?: number): Promise<ProcessEvidence> {
  const [evidence, ...others] = (await look(sampled, afterMs)).evidence ?? [];
  if (evidence === undefined || others.length > 0) throw new Error('not one process');
  return evidence;
}

describe('evidence', () => {
  it('tells what the descriptors of a process are open on, once somebody has followed them', async () => {
    const holding = sampledWith({ owners: [begin(20)] });
    expect((await lookAtOne(holding)).descriptors.kinds).toBeUndefined();
    kinds = { sockets: 3, files: 2, pipes: 1, other: 0 };
    expect((await lookAtOne(holding)).descriptors.kinds).toEqual(kinds);
  });

  it('is not gathered while nobody holds anything, and that it is over is told once', async () => {
    const holding = sampledWith({ owners: [begin(20)] });
    expect(await look(sampledWith())).toEqual({});
    expect((await look(holding)).evidence).toHaveLength(1);
    expect(await look(sampledWith())).toEqual({ evidence: [] });
    expect(await look(sampledWith())).toEqual({});
    collector.retell();
    expect(await look(sampledWith())).toEqual({ evidence: [] });
  });

  it('tells rates from the second look on, and the window they are of', async () => {
    begin(20, [{ ...EPOLL, run: 100, wait: 10 }, FUTEX]);
    const sampled = sampledWith({ owners: [owner(20)], recvQueue: 0 }, { owners: [owner(20)] });
    expect(await lookAtOne(sampled)).toMatchObject({
      closeWait: 2,
      unread: 1,
      windowMs: null,
      cpu: null,
      threads: { total: 2, looked: 2 },
      waits: [
        { state: 'S', wchan: 'do_epoll_wait', syscall: 'epoll_wait', threads: 1 },
        { state: 'S', wchan: 'futex_do_wait', syscall: 'futex', threads: 1 },
      ],
      polledAgoMs: 0,
      watchedMs: 0,
    });
    begin(20, [{ ...FUTEX, run: 1_100, wait: 260 }, FUTEX], 1_000);
    expect(await lookAtOne(sampled)).toMatchObject({
      windowMs: 5_000,
      cpu: { runMsPerSecond: 200, runQueueWaitMsPerSecond: 50 },
      polledAgoMs: 5_000,
      watchedMs: 5_000,
    });
  });

  it('counts orphaned descriptors, also of processes that hold no CLOSE_WAIT', async () => {
    orphans = [{ owners: [begin(21)] }, { owners: [owner(21)] }];
    expect(await lookAtOne(sampledWith())).toMatchObject({
      process: { pid: 21 },
      closeWait: 0,
      unread: 0,
      orphaned: 2,
    });
  });

  it('is of processes in other network namespaces, too', async () => {
    const own = sampledWith({ owners: [begin(20)] });
    const other = sampledWith({ owners: [begin(21)] }, { owners: [owner(21)] });
    const both = { ...own, trackers: [...own.trackers, ...other.trackers] };
    expect((await look(both)).evidence?.map(({ process, closeWait }) => [process.pid, closeWait])).toEqual([
      [21, 2],
      [20, 1],
    ]);
  });

  it('is not that of another process that goes by the pid', async () => {
    begin(20, [EPOLL], 0, 100);
    const sampled = sampledWith({ owners: [owner(20, 100)] });
    expect((await look(sampled)).evidence).toHaveLength(1);
    begin(20, [{ ...EPOLL, run: 90_000 }], 90_000, 200);
    expect((await look(sampled)).evidence).toEqual([]);
    const next = await lookAtOne(sampledWith({ owners: [owner(20, 200)] }));
    expect(next).toMatchObject({ process: { startedAt: owner(20, 200).startedAt }, cpu: null, watchedMs: 0 });
  });

  it('counts the time of threads that came and went between two looks', async () => {
    const sampled = sampledWith({ owners: [begin(20, [EPOLL])] });
    await look(sampled);
    begin(20, [EPOLL], 2_520);
    expect((await lookAtOne(sampled)).cpu).toEqual({ runMsPerSecond: 500, runQueueWaitMsPerSecond: 0 });
  });

  it('has no negative rate when all counters go back', async () => {
    const sampled = sampledWith({ owners: [begin(20, [{ ...EPOLL, run: 9_000, wait: 9_000 }], 9_000)] });
    await look(sampled);
    begin(20, [{ ...EPOLL, run: 5, wait: 5 }], 10);
    expect((await lookAtOne(sampled)).cpu).toBeNull();
    begin(20, [{ ...EPOLL, run: 55, wait: 10 }], 60);
    expect((await lookAtOne(sampled)).cpu).toEqual({ runMsPerSecond: 10, runQueueWaitMsPerSecond: 1 });
  });

  it('looks at a part of many threads, and comes to a busy one in time and stays with it', async () => {
    const many: FakeThread[] = Array.from({ length: 300 }, () => FUTEX);
    const sampled = sampledWith({ owners: [begin(20, many)] });
    expect((await lookAtOne(sampled)).threads).toEqual({ total: 300, looked: 64 });
    expect((await lookAtOne(sampled, 5_000)).threads).toEqual({ total: 300, looked: 150 });
    const waited: number[] = [];
    for (let turn = 1; turn <= 14; turn++) {
      writeFileSync(join(proc.root, '20/task/295/schedstat'), `${turn * 1e8} ${turn * 9e8} 7\n`);
      const { cpu, threads, watchedMs } = await lookAtOne(sampled, 1_000);
      expect(threads.looked).toBe(64);
      // Before all had their turn nothing follows from not having seen one poll.
      if (turn === 1) expect(watchedMs).toBe(0);
      if (turn === 14) expect(watchedMs).toBeGreaterThan(0);
      waited.push(cpu?.runQueueWaitMsPerSecond ?? 0);
    }
    expect(waited.slice(-3)).toEqual([900, 900, 900]);
  }, 20_000);

  it('comes to all of many processes in turns, the largest each time, and tells of all in one list', async () => {
    const held: Held[] = [];
    for (let pid = 100; pid < 140; pid++) {
      begin(pid, [EPOLL]);
      for (let sockets = 100; sockets < (pid === 139 ? 103 : 101); sockets++) held.push({ owners: [owner(pid)] });
    }
    const sampled = sampledWith(...held);
    const first = (await look(sampled)).evidence ?? [];
    expect(first).toHaveLength(16);
    expect(first[0]).toMatchObject({ process: { pid: 139 }, closeWait: 3 });
    const told = [];
    for (let turn = 0; turn < 12; turn++) told.push((await look(sampled)).evidence);
    const lists = told.filter((list) => list !== undefined);
    expect(lists).toHaveLength(3);
    for (const list of lists) {
      expect(new Set(list.map(({ process }) => process.pid)).size).toBe(40);
      expect(list[0]).toMatchObject({ process: { pid: 139 }, windowMs: 5_000 });
    }
    expect(lists.at(-1)?.every(({ windowMs }) => windowMs !== null && windowMs <= 30_000)).toBe(true);
    expect(collector.missing).toEqual([]);
  });

  it('tells of no more processes than the server takes, and says so', async () => {
    const held = Array.from({ length: 230 }, (_, index) => ({ owners: [begin(1_000 + index)] }));
    const sampled = sampledWith(...held, { owners: [owner(1_229)] });
    await look(sampled);
    let list: readonly ProcessEvidence[] | undefined;
    for (let turn = 0; turn < 30 && list === undefined; turn++) list = (await look(sampled)).evidence;
    expect(list).toHaveLength(200);
    expect(list?.[0]?.process.pid).toBe(1_229);
    expect(collector.missing).toEqual([expect.stringMatching(/^evidence: more processes .*200/)]);
  }, 20_000);

  it('says what the kernel keeps no record of', async () => {
    begin(20, [EPOLL]);
    writeFileSync(join(proc.root, '20/task/20/schedstat'), '0 0 0\n');
    rmSync(join(proc.root, '20/task/20/syscall'));
    const sampled = sampledWith({ owners: [owner(20)] });
    await look(sampled);
    const evidence = await lookAtOne(sampled);
    expect(evidence).toMatchObject({ cpu: null, waits: [{ wchan: 'do_epoll_wait', syscall: null }], polledAgoMs: 0 });
    expect(evidence.missing).toEqual([
      expect.stringMatching(/HAVE_ARCH_TRACEHOOK/),
      expect.stringMatching(/SCHED_INFO/),
    ]);
    expect(collector.missing).toEqual(evidence.missing.map((lack) => `evidence: ${lack}`));
  });

  it('stands any text in any file', async () => {
    const sampled = sampledWith({ owners: [begin(20, [EPOLL, FUTEX])] });
    const files = [
      'stat',
      'status',
      'limits',
      'cgroup',
      'task/20/stat',
      'task/20/schedstat',
      'task/20/wchan',
      'task/21/syscall',
    ];
    const garbage = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.stringMatching(/^[0-9SRT() \n:x-]{0,120}$/).map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), garbage, async (file, bytes) => {
        begin(20, [EPOLL, FUTEX]);
        writeFileSync(join(proc.root, '20', file), bytes);
        const { evidence = [] } = await look(sampled);
        expect(evidence.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 100 },
    );
  }, 20_000);
});
