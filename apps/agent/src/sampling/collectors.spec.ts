import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SnapshotSchema } from '@closewatch/protocol';
import { type ChildProcess } from 'node:child_process';
import { readEphemeralPorts } from '../host/ephemeral-ports.ts';
import { readHostFacts } from '../host/host-facts.ts';
import { KernelCollector } from '../kernel/kernel-collector.ts';
import { ConnectionChoice } from '../leaks/connection-choice.ts';
import { LeakTracker } from '../leaks/leak-tracker.ts';
import { PortsCollector } from '../ports/ports-collector.ts';
import { ProcessSocketsCollector } from '../process-sockets/process-sockets-collector.ts';
import { OwnerFinder } from '../processes/owner-finder.ts';
import { OwnerKeeper } from '../processes/owner-keeper.ts';
import { NetlinkSource } from '../sockets/netlink.ts';
import { ProcfsSource } from '../sockets/procfs.ts';
import { type SocketSource } from '../sockets/socket-table.ts';
import { startLeakingChild } from '../testing/leaking.ts';
import { ended } from '../testing/program.ts';
import { Sampler } from './sampler.ts';
import { ServerClock } from './server-clock.ts';

let child: ChildProcess;
let port: number;
const releases: (() => void)[] = [];

beforeEach(async () => {
  ({ child, port } = await startLeakingChild(3));
});

afterEach(async () => {
  for (const release of releases.splice(0)) release();
  await ended(child);
});

/** A sampler of this host with the collectors of sockets that are not leaks. */
function samplerOf(source: SocketSource): Sampler {
  const facts = readHostFacts('/proc');
  const clock = new ServerClock({ monotonic: () => performance.now(), wall: () => Date.now() });
  let seq = 0;
  const sampler = new Sampler({
    nextSeq: () => seq++,
    source,
    tracker: new LeakTracker(facts, (at) => clock.instant(at), readEphemeralPorts('/proc')),
    choice: new ConnectionChoice(),
    owners: new OwnerKeeper(new OwnerFinder('/proc', facts.bootedAtMs)),
    collectors: [
      new KernelCollector('/proc'),
      new PortsCollector({ procRoot: '/proc' }),
      new ProcessSocketsCollector({ procRoot: '/proc', bootedAtMs: facts.bootedAtMs }),
    ],
    clock,
    intervalMs: 5_000,
    behind: () => false,
    uptimeMs: () => Date.now() - facts.bootedAtMs,
  });
  releases.push(
    () => sampler.close(),
    () => source.close(),
  );
  return sampler;
}

describe.each([
  ['netlink', () => new NetlinkSource('/proc')],
  ['procfs', () => new ProcfsSource('/proc')],
] as const)('snapshots by %s', (_name, makeSource) => {
  it('carry the kernel at once, who holds which sockets from the second on, and ports when their walk is over', async () => {
    const sampler = samplerOf(makeSource());
    const first = await sampler.next();
    const second = await sampler.next();
    let withPorts = first.ports === undefined ? second : first;
    for (let looks = 2; looks < 50 && withPorts.ports === undefined; looks++) withPorts = await sampler.next();
    for (const snapshot of [first, second, withPorts]) expect(SnapshotSchema.parse(snapshot)).toEqual(snapshot);
    expect(first.kernel?.counters?.ActiveOpens).toBeGreaterThan(0);
    expect(first.kernel?.sysctls?.['net.ipv4.ip_local_port_range']).toMatch(/^\d+ \d+$/);
    const { ports, finWaits } = withPorts;
    // The other ends of the child's three leaks: dialled from ports that the kernel gave out, and closed for writing.
    const dialled = ports?.destinations.find(({ peer }) => peer.address === '127.0.0.1' && peer.port === port);
    expect(dialled).toMatchObject({ localAddress: '127.0.0.1', used: 3, timeWait: 0 });
    expect(finWaits?.finWait2.items.filter(({ peer }) => peer.port === port)).toHaveLength(3);
    expect(first.processes).toBeUndefined();
    const held = second.processes?.items.find(({ process }) => process.pid === child.pid);
    expect(held?.counts).toEqual({ listen: 1, close_wait: 3, fin_wait_2: 3 });
    expect(held?.process.executable).toBe('node');
  });
});
