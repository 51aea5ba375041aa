import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Snapshot } from '@closewatch/protocol';
import { netstatLines } from '@closewatch/socket-states';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UNMEASURED } from '../sampling/sampler.ts';
import { builtProgram } from '../testing/built-program.ts';
import { ZooNamespace, isThere, netstatIn, obstacleToNetstat, ssIn } from '../testing/network-namespace.ts';
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
  async function newest(host: SampledHost, pids: readonly number[], rounds = 6) {
    const found = new Map<number, Snapshot>();
    let last: Round = { snapshots: [], missing: [], trackers: 0 };
    let own: Snapshot | undefined;
    for (let i = 0; i < rounds && found.size < pids.length; i++) {
      last = await host.round(A_ROUND_LATER_MS);
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
});
void [describeAsRoot, randomBytes, mkdirSync, rmdirSync, writeFileSync, readdirSync, readlinkSync, LEAKING];
