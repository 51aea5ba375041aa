import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Snapshot } from '@closewatch/protocol';
import { netstatLines } from '@closewatch/socket-states';
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UNMEASURED } from '../sampling/sampler.ts';
import { builtProgram } from '../testing/built-program.ts';
import { ZooNamespace, isThere, netstatIn, obstacleToNetstat, ssIn } from '../testing/network-namespace.ts';
import { ended, untilSays } from '../testing/program.ts';
import { Sink } from '../testing/sink.ts';
import { SampledHost, type Round } from '../testing/sampled-host.ts';

const LEAKING = resolve(import.meta.dirname, '../testing/leaking-child.ts');
const NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--inh-caps', '-all'];
const WITHOUT_SYS_ADMIN = ['setpriv', '--bounding-set', '-sys_admin', '--inh-caps', '-sys_admin'];
/** Longer than a round through all namespaces of the machine. */
const A_ROUND_LATER_MS = 120_000;

function obstacle(): string | undefined {
  const tool = ['setpriv', 'ss', 'ip'].find((command) => !isThere(command));
  return obstacleToNetstat() ?? (tool === undefined ? undefined : `${tool} is missing`);
}

const why = obstacle();
const describeAsRoot = why === undefined ? describe : describe.skip;

describeAsRoot(`the network namespaces of a host${why === undefined ? '' : ` (${why})`}`, () => {
  let program: Awaited<ReturnType<typeof builtProgram>>;
  let folder: string;
  const namespaces: ZooNamespace[] = [];
  const hosts: SampledHost[] = [];

  beforeAll(async () => {
    program = await builtProgram('testing/sampling-host.ts');
    // For nobody, too.
    chmodSync(dirname(program.path), 0o755);
  }, 30_000);

  afterAll(() => program.remove());

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'closewatch-agent-'));
  });

  afterEach(async () => {
    for (const host of hosts.splice(0)) await host.end();
    for (const namespace of namespaces.splice(0)) await namespace.close();
    rmSync(folder, { recursive: true });
  }, 30_000);

  async function zoo(...flags: string[]): Promise<ZooNamespace> {
    const namespace = await ZooNamespace.open(...flags);
    namespaces.push(namespace);
    return namespace;
  }

  function sampled(own: ZooNamespace, before: readonly string[] = [], ...options: string[]): SampledHost {
    const host = new SampledHost(own, program.path, before, options);
    hosts.push(host);
    return host;
  }

  /** The newest snapshots of those namespaces whose name has one of these pids in it, out of several rounds. */
  async function newest(host: SampledHost, pids: readonly number[], laterMs = A_ROUND_LATER_MS) {
    const found = new Map<number, Snapshot>();
    let last: Round = { snapshots: [], missing: [], trackers: 0 };
    let own: Snapshot | undefined;
    for (let i = 0; i < 8 && found.size < pids.length; i++) {
      last = await host.round(laterMs);
      own = last.snapshots.find(({ netns }) => netns === 0);
      for (const snapshot of last.snapshots) {
        const pid = pids.find((candidate) => snapshot.namespace?.name.endsWith(`(${candidate})`));
        if (pid !== undefined) found.set(pid, snapshot);
      }
    }
    return { own, others: pids.map((pid) => found.get(pid)), missing: last.missing };
  }

  describe.each([
    ['through setns', []],
    ['from /proc, without CAP_SYS_ADMIN', WITHOUT_SYS_ADMIN],
    ['as nobody, without any capability', NOBODY],
  ] as const)('%s', (_way, before) => {
    it("are counted as netstat and ss count, the host's and two others at once", async () => {
      const own = await zoo();
      const all = [own, await zoo(), await zoo('--pid', '--fork', '--kill-child')];
      const pids = all.slice(1).map(({ pid }) => pid);
      const host = sampled(own, before);
      for (let attempt = 0; attempt < 10; attempt++) {
        const netstat = all.map(netstatIn);
        const { own: first, others, missing } = await newest(host, pids);
        const ss = all.map(ssIn);
        if (all.map(netstatIn).join(';') !== netstat.join(';')) {
          await sleep(500);
          continue;
        }
        const counted = [first, ...others].map((snapshot) => netstatLines(snapshot?.counts ?? UNMEASURED).toSorted());
        expect(counted).toEqual(netstat);
        expect(ss).toEqual(netstat);
        expect(netstat[1]).toHaveLength(9);
        expect(missing.some((text) => text.startsWith('CAP_SYS_ADMIN: '))).toBe(before.length > 0);
        return;
      }
      throw new Error('the namespaces did not come to rest');
    }, 60_000);
  });

  it('show a leak with its process, and that it ends', async () => {
    const own = await zoo();
    const other = await zoo();
    const leaking = other.spawn(process.execPath, LEAKING, '3');
    const said = await untilSays(leaking, 'port ');
    const port = Number(/port (\d+)/.exec(said)?.[1]);
    const host = sampled(own);
    const ours = (snapshot: Snapshot | undefined) =>
      snapshot?.connections.filter(({ local }) => local.port === port) ?? [];
    // The second look does not wait for a round.
    await newest(host, [other.pid], 0);
    const [seen] = (await newest(host, [other.pid], 0)).others;
    expect(seen?.complete).toBe(true);
    expect(ours(seen)).toHaveLength(3);
    for (const connection of ours(seen)) {
      expect(connection).toMatchObject({ direction: 'inbound', recvQueue: 1, ownership: 'known' });
      expect(connection.openedAfter).not.toBeNull();
      expect(connection.owners).toMatchObject([{ pid: leaking.pid, executable: 'node' }]);
    }
    leaking.stdin.write('close\n');
    await untilSays(leaking, 'done close');
    await newest(host, [other.pid]);
    const [after] = (await newest(host, [other.pid])).others;
    expect(ours(after).map(({ endedAs }) => endedAs)).toEqual(['closed', 'closed', 'closed']);
  }, 60_000);

  it('are pushed by the agent under their number and name, beside its own', async () => {
    const agent = await builtProgram('main.ts');
    const sink = new Sink();
    const other = await zoo();
    const environment = {
      CLOSEWATCH_SERVER: (await sink.open()).href,
      CLOSEWATCH_TOKEN: 't',
      CLOSEWATCH_DATA: folder,
      CLOSEWATCH_INTERVAL: '1s',
    };
    const program = spawn(process.execPath, [agent.path, 'run'], { env: environment, stdio: 'ignore' });
    try {
      const ours = (): Snapshot[] =>
        sink.received
          .flatMap(({ snapshots }) => snapshots)
          .filter(({ namespace }) => namespace?.name === `node (${other.pid})`);
      for (let i = 0; i < 1_000 && ours().length < 2; i++) await sleep(20);
      expect(ours().map(({ complete }) => complete)).toEqual([false, true]);
      expect(ours()[1]).toMatchObject({ intervalMs: expect.any(Number), counts: { close_wait: 30, syn_received: 6 } });
      expect(ours()[1]?.netns).toBeGreaterThan(0);
      const seqs = sink.received.flatMap(({ snapshots }) => snapshots.map(({ seq }) => seq));
      expect(seqs.toSorted((a, b) => a - b)).toEqual(seqs.map((_, index) => index));
    } finally {
      await ended(program);
      await sink.close();
      await agent.remove();
    }
  }, 60_000);

  it('number their snapshots with one counter, without a gap', async () => {
    const own = await zoo();
    await zoo();
    const host = sampled(own);
    const seqs: number[] = [];
    for (let i = 0; i < 4; i++) for (const { seq } of (await host.round(A_ROUND_LATER_MS)).snapshots) seqs.push(seq);
    expect(seqs.length).toBeGreaterThan(4);
    expect(seqs).toEqual(seqs.map((_, index) => index));
  }, 60_000);

  describe.each([
    ['through setns', []],
    ['from /proc, without CAP_SYS_ADMIN', WITHOUT_SYS_ADMIN],
  ] as const)('%s', (_way, before) => {
    it('are let go when nobody is in them any more, and what leaked there is closed', async () => {
      const own = await zoo();
      const other = await zoo();
      // One end of the pair is in each: it goes with either, which shows when the kernel frees the other one.
      own.run('ip', 'link', 'add', 'cwv0', 'type', 'veth', 'peer', 'name', 'cwv1', 'netns', String(other.pid));
      const linked = (): boolean => own.run('ip', '-br', 'link').includes('cwv0');
      const host = sampled(own, before);
      await newest(host, [other.pid]);
      const [seen] = (await newest(host, [other.pid])).others;
      const leaked = seen?.connections.map(({ socketId }) => socketId).toSorted();
      expect(leaked).toHaveLength(30);
      const kept = (): number => descriptorsInto(host.pid, other.pid, seen?.namespace?.inode ?? 0);
      expect(kept()).toBeGreaterThan(0);
      namespaces.splice(namespaces.indexOf(other), 1);
      await other.close();
      await sleep(300);
      expect(linked()).toBe(true);
      // Not at the next scan, half a minute later, but at the next tick.
      const { snapshots } = await host.round(5_000);
      const last = snapshots.find(({ netns }) => netns === seen?.netns);
      expect(last).toMatchObject({ complete: true, namespace: seen?.namespace });
      expect(last?.counts).toMatchObject({ established: 0, close_wait: 0, listen: 0 });
      expect(last?.connections.map(({ socketId }) => socketId).toSorted()).toEqual(leaked);
      expect(new Set(last?.connections.map(({ endedAs }) => endedAs))).toEqual(new Set(['closed']));
      for (let i = 0; i < 50 && linked(); i++) await sleep(100);
      expect(linked()).toBe(false);
      expect(kept()).toBe(0);
      const { snapshots: later } = await host.round(A_ROUND_LATER_MS);
      expect(later.some(({ netns }) => netns === seen?.netns)).toBe(false);
    }, 60_000);

    it('have the same number after a restart, and the end of one that is gone by then is told', async () => {
      const own = await zoo();
      const [stays, goes] = [await zoo(), await zoo()];
      const first = sampled(own, before, '--data', folder);
      const [a, b] = (await newest(first, [stays.pid, goes.pid])).others;
      expect([a?.netns, b?.netns]).not.toContain(undefined);
      expect(a?.netns).not.toBe(b?.netns);
      await first.end();
      namespaces.splice(namespaces.indexOf(goes), 1);
      await goes.close();
      const fresh = await zoo();
      const second = sampled(own, before, '--data', folder);
      const { snapshots } = await second.round(0);
      expect(snapshots.find(({ netns }) => netns === b?.netns)).toMatchObject({
        complete: true,
        connections: [],
        namespace: b?.namespace,
        counts: { established: null },
      });
      const [again, another] = (await newest(second, [stays.pid, fresh.pid])).others;
      expect(again?.netns).toBe(a?.netns);
      expect(another?.netns).toBeGreaterThan(Math.max(a?.netns ?? 0, b?.netns ?? 0));
    }, 60_000);
  });

  it("have an agent's own container as number 0, and the host's as another", async () => {
    const own = await zoo('--pid', '--fork', '--kill-child', '--mount');
    const host = sampled(own);
    const { own: first, others } = await newest(host, [1]);
    expect(netstatLines(first?.counts ?? UNMEASURED)).toHaveLength(9);
    expect(others[0]).toMatchObject({ namespace: { inode: statSync('/proc/self/ns/net').ino } });
  }, 60_000);

  it('are not doubled by processes of other kinds of namespaces that share one', async () => {
    const own = await zoo();
    const sharing = own.spawn('unshare', '--pid', '--fork', '--kill-child', process.execPath, LEAKING, '1');
    await untilSays(sharing, 'port ');
    const inode = Number(/\d+/.exec(own.run('readlink', '/proc/self/ns/net'))?.[0]);
    const { snapshots } = await sampled(own).round(0);
    expect(snapshots.filter(({ namespace }) => namespace?.inode === inode)).toEqual([]);
    expect(snapshots.filter(({ netns }) => netns === 0)).toHaveLength(1);
  }, 60_000);
});

/** Descriptors of a program that hold a namespace: its own file, or the tables of the process it was found by. */
function descriptorsInto(program: number, pid: number, inode: number): number {
  const targets = readdirSync(`/proc/${program}/fd`).map((descriptor) => {
    try {
      return readlinkSync(`/proc/${program}/fd/${descriptor}`);
    } catch {
      return '';
    }
  });
  return targets.filter((target) => target === `net:[${inode}]` || target.startsWith(`/proc/${pid}/net/`)).length;
}
