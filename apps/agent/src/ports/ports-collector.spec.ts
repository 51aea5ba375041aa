import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { FinWaitsSchema, PortsSchema, type FinWaits, type Ports } from '@closewatch/protocol';
import { canonicalAddress } from '@closewatch/socket-states';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtProgram } from '../testing/built-program.ts';
import { ZooNamespace, obstacleToNetstat } from '../testing/network-namespace.ts';
import { tableOf } from '../testing/tables.ts';
import { type PortTally } from './port-tally.ts';
import { type PortWalk } from './port-walk.ts';
import { PortsCollector } from './ports-collector.ts';

const folders: string[] = [];
const collectors: PortsCollector[] = [];

/** A /proc that tells settings and counters; a walk there finds one socket towards a server, at the cost it is told. */
function parts({ tw = 100, busyMs = 1, walk }: { tw?: number; busyMs?: number; walk?: PortWalk } = {}) {
  const procRoot = mkdtempSync(join(tmpdir(), 'closewatch-proc-'));
  folders.push(procRoot);
  mkdirSync(join(procRoot, 'sys/net/ipv4'), { recursive: true });
  mkdirSync(join(procRoot, 'net'));
  writeFileSync(join(procRoot, 'sys/net/ipv4/ip_local_port_range'), '32768\t60999\n');
  writeFileSync(join(procRoot, 'sys/net/ipv4/tcp_max_tw_buckets'), '131072\n');
  count(procRoot, tw);
  const oneSocket: PortWalk = (begin) => {
    const tally = begin();
    addSocket(tally);
    return Promise.resolve({ tally, busyMs });
  };
  const collector = new PortsCollector({ procRoot, walkFor: () => Promise.resolve(walk ?? oneSocket) });
  collectors.push(collector);
  return { procRoot, collector };
}

function count(procRoot: string, tw: number): void {
  writeFileSync(join(procRoot, 'net/netstat'), `TcpExt: TW TWKilled\nTcpExt: ${tw} 0\n`);
}

function addSocket(tally: PortTally): void {
  tally.tuple.set([0, 0, 0, 1, 0, 0, 0, 1, 443, 40_000]);
  if (tally.wants(6, 40_000)) tally.add(6);
}

const table = tableOf();

afterEach(() => {
  for (const collector of collectors.splice(0)) collector.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe('ports in snapshots', () => {
  it('come with the first one, and again after half a minute', async () => {
    const { collector, procRoot } = parts();
    const first = await collector.collect({ takenAt: 0, table });
    expect(PortsSchema.parse(first.ports)).toEqual(first.ports);
    expect(first.ports).toMatchObject({
      range: { low: 32_768, high: 60_999, reserved: 0 },
      destinations: [{ used: 1, timeWait: 1, available: 28_232, peer: { port: 443 } }],
      destinationCount: 1,
      closesPerSecond: 0,
      timeWait: { count: 0, max: 131_072 },
    });
    expect(FinWaitsSchema.parse(first.finWaits).finWait1).toEqual({ total: 0, items: [] });
    count(procRoot, 400);
    expect(await collector.collect({ takenAt: 25_000, table })).toEqual({});
    // Looks do not come to the millisecond.
    const second = await collector.collect({ takenAt: 29_900, table });
    expect(second.ports?.closesPerSecond).toBe(10.03);
  });

  it('come later, up to a minute, when the walk costs much', async () => {
    const { collector } = parts({ busyMs: 90 });
    await collector.collect({ takenAt: 0, table });
    expect(await collector.collect({ takenAt: 44_000, table })).toEqual({});
    expect(await collector.collect({ takenAt: 45_000, table })).toHaveProperty('ports');
    const slow = parts({ busyMs: 5_000 }).collector;
    await slow.collect({ takenAt: 0, table });
    expect(await slow.collect({ takenAt: 60_000, table })).toHaveProperty('ports');
  });

  it('keep no snapshot waiting, nor begin a second walk while one goes on', async () => {
    let walks = 0;
    let finish = (): void => undefined;
    const { collector } = parts({
      walk: async (begin) => {
        walks++;
        await new Promise<void>((resolve) => (finish = resolve));
        return { tally: begin(), busyMs: 1 };
      },
    });
    expect(await collector.collect({ takenAt: 0, table })).toEqual({});
    expect(await collector.collect({ takenAt: 90_000, table })).toEqual({});
    expect(walks).toBe(1);
    finish();
    await sleep(1);
    expect(await collector.collect({ takenAt: 91_000, table })).toHaveProperty('ports');
  });

  it('are told to be missing when the walk fails, until one succeeds', async () => {
    let fails = true;
    const { collector } = parts({
      walk: (begin) => (fails ? Promise.reject(new Error('ENOBUFS')) : Promise.resolve({ tally: begin(), busyMs: 1 })),
    });
    expect(await collector.collect({ takenAt: 0, table })).toEqual({});
    expect(collector.missing).toEqual(['ports: ENOBUFS']);
    fails = false;
    expect(await collector.collect({ takenAt: 60_000, table })).toHaveProperty('ports');
    expect(collector.missing).toEqual([]);
  });

  it('say when the range is not known, and what else there is', async () => {
    const { collector, procRoot } = parts();
    rmSync(join(procRoot, 'sys'), { recursive: true });
    const { ports } = await collector.collect({ takenAt: 0, table });
    expect(ports).toMatchObject({ range: null, destinations: [], timeWait: { count: 0, max: null } });
    expect(collector.missing).toEqual([expect.stringContaining('ip_local_port_range tells no range')]);
  });

  it('end with the agent: a walk under way is given up', async () => {
    let ended: unknown;
    const { collector } = parts({
      walk: async (begin, signal) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        ended = signal.reason;
        signal.throwIfAborted();
        return { tally: begin(), busyMs: 1 };
      },
    });
    await collector.collect({ takenAt: 0, table });
    collector.close();
    await sleep(1);
    expect(ended).toMatchObject({ name: 'AbortError' });
    expect(collector.missing).toEqual([]);
  });
});

interface Told {
  ports: Ports;
  finWaits: FinWaits;
  missing: string[];
}

interface Line {
  local: string;
  localPort: number;
  peer: string;
  peerPort: number;
  state: string;
}

/** The lines of `netstat -antW`. */
function netstatSockets(text: string): Line[] {
  const endpoint = (word: string) => ({
    address: canonicalAddress(word.slice(0, word.lastIndexOf(':'))) ?? word,
    port: Number(word.slice(word.lastIndexOf(':') + 1)),
  });
  return text
    .split('\n')
    .filter((line) => line.startsWith('tcp'))
    .map((line) => {
      const [, , , local = '', peer = '', state = ''] = line.split(/\s+/);
      return {
        local: endpoint(local).address,
        localPort: endpoint(local).port,
        peer: endpoint(peer).address,
        peerPort: endpoint(peer).port,
        state,
      };
    });
}

/** What netstat's lines say of ports in use towards others, as text, sorted. */
function pressureIn(sockets: Line[], { low, high }: { low: number; high: number }): string[] {
  const listening = new Set(sockets.filter(({ state }) => state === 'LISTEN').map(({ localPort }) => localPort));
  const counts = new Map<string, { used: number; timeWait: number }>();
  for (const { local, localPort, peer, peerPort, state } of sockets) {
    if (localPort < low || localPort > high || listening.has(localPort)) continue;
    const key = `${local} ${peer} ${peerPort}`;
    const { used, timeWait } = counts.get(key) ?? { used: 0, timeWait: 0 };
    counts.set(key, { used: used + 1, timeWait: timeWait + (state === 'TIME_WAIT' ? 1 : 0) });
  }
  return [...counts].map(([key, { used, timeWait }]) => `${key}: ${used} ${timeWait}`).toSorted();
}

const obstacle = obstacleToNetstat();
const describeBesideNetstat = obstacle === undefined ? describe : describe.skip;

describeBesideNetstat(`ports beside netstat${obstacle === undefined ? '' : ` (${obstacle})`}`, () => {
  let namespace: ZooNamespace;
  let program: Awaited<ReturnType<typeof builtProgram>>;

  beforeAll(async () => {
    program = await builtProgram('testing/port-walks.ts');
    namespace = await ZooNamespace.open();
  }, 30_000);

  afterAll(async () => {
    await namespace.close();
    await program.remove();
  });

  it('are the same by netlink and by /proc, and FIN_WAIT tuples too', async () => {
    for (let attempt = 0; attempt < 10; attempt++) {
      const before = namespace.run('netstat', '-antW');
      const told = namespace
        .run(process.execPath, program.path)
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Told);
      if (namespace.run('netstat', '-antW') !== before) {
        await sleep(300);
        continue;
      }
      const sockets = netstatSockets(before);
      expect(told).toHaveLength(2);
      for (const { ports, finWaits, missing } of told) {
        const range = ports.range ?? { low: 1, high: 0 };
        const pressure = ports.destinations.map(
          ({ localAddress, peer, used, timeWait }) =>
            `${localAddress} ${peer.address} ${peer.port}: ${used} ${timeWait}`,
        );
        expect(pressure.toSorted()).toEqual(pressureIn(sockets, range));
        expect(pressure.length).toBeGreaterThanOrEqual(9);
        expect(ports.destinationCount).toBe(pressure.length);
        const tuples = ({ items }: FinWaits['finWait1']) =>
          items.map(({ local, peer }) => `${local.address} ${local.port} ${peer.address} ${peer.port}`).toSorted();
        const inState = (wanted: string) =>
          sockets
            .filter(({ state }) => state === wanted)
            .map(({ local, localPort, peer, peerPort }) => `${local} ${localPort} ${peer} ${peerPort}`)
            .toSorted();
        expect(tuples(finWaits.finWait1)).toEqual(inState('FIN_WAIT1'));
        expect(tuples(finWaits.finWait2)).toEqual(inState('FIN_WAIT2'));
        expect(finWaits.finWait2.total).toBeGreaterThan(0);
        expect(ports.timeWait?.count).toBe(sockets.filter(({ state }) => state === 'TIME_WAIT').length);
        expect(missing).toEqual([]);
      }
      return;
    }
    throw new Error('the namespace did not come to rest');
  }, 60_000);
});
