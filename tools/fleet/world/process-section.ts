import type { ProcessSockets, ProcessTable, Turnover } from '@closewatch/protocol';
import type { StateCounts } from '@closewatch/socket-states';
import { destinationAddress, dialledIndex, listenPort } from './endpoints.ts';
import { type HostPlan, type Place, type Service } from './host.ts';
import { leakedCount, leakedSince, goneBetween, leakOf } from './leak.ts';
import { sshSessions, SSHD_LISTENS, sum, type PlaceLoad, type ServiceLoad } from './load.ts';
import { descriptorsUsed, processOf } from './owner.ts';
import { passage } from './turnover.ts';

/** All processes by the states of their sockets; with `unowned` they add up to the counts of the snapshot. */
export function processTable(place: Place, load: PlaceLoad, bootedMs: number, atMs: number): ProcessTable {
  const items = load.services.flatMap((service) => workersOf(place, service));
  if (place.netns === 0) items.push(sshd(place, bootedMs, atMs));
  const total = ({ counts }: ProcessSockets): number => sum(Object.values(counts));
  items.sort((a, b) => total(b) - total(a));
  return { items: items.filter((item) => total(item) > 0), others: 0, unowned: load.unowned };
}

/** Sockets of CLOSE_WAIT that a process of the service holds: passing ones and, of the first worker, leaked ones. */
export function heldCloseWait({ passing, leaked, leak }: ServiceLoad): number {
  return passing + (leak?.plan.accepted === false ? 0 : leaked);
}

function workersOf(place: Place, load: ServiceLoad): ProcessSockets[] {
  const { service, instance, listening, inbound, outbound, synSent, orphans } = load;
  const { workers, descriptorLimit } = service.program;
  const established = inbound + sum(outbound);
  return Array.from({ length: workers }, (_, worker) => {
    const part = Math.floor(established / workers) + (worker < established % workers ? 1 : 0);
    const isFirst = worker === 0;
    const counts = {
      listen: isFirst ? listening : 0,
      syn_sent: isFirst ? synSent : 0,
      established: part,
      close_wait: isFirst ? heldCloseWait(load) : 0,
    };
    const used = descriptorsUsed(service, sum(Object.values(counts)) + (isFirst ? orphans : 0));
    return {
      process: processOf(place, service, instance, worker),
      counts: withoutZeros(counts),
      descriptors: { used: Math.min(used, descriptorLimit), limit: descriptorLimit },
    };
  });
}

function withoutZeros(counts: Partial<StateCounts>): ProcessSockets['counts'] {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}

function sshd(place: Place, bootedMs: number, atMs: number): ProcessSockets {
  const sessions = sshSessions(place, atMs);
  return {
    process: {
      pid: 612,
      startedAt: new Date(bootedMs + 6_200).toISOString(),
      executable: '/usr/sbin/sshd',
      command: 'sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups',
      unit: 'ssh.service',
    },
    counts: withoutZeros({ listen: SSHD_LISTENS, established: sessions }),
    descriptors: { used: 7 + 4 * sessions, limit: 1_024 },
  };
}

/** Passage through CLOSE_WAIT since the look before, by endpoint; leaked sockets pass too, and stay. */
export function turnoverOf(plan: HostPlan, place: Place, fromMs: number, toMs: number): Turnover[] {
  return place.services.flatMap((service) => {
    const told = [];
    const dialled = dialledIndex(service);
    const passed = passage(plan, service, fromMs, toMs);
    const leaked = leakedPassage(plan, service, fromMs, toMs);
    const inbound = dialled === undefined ? added(passed, leaked) : passed;
    if (inbound.opened + inbound.closed > 0) {
      const endpoint = { address: null, port: listenPort(service) };
      told.push({ direction: 'inbound' as const, endpoint, process: null, ...inbound });
    }
    if (dialled !== undefined && leaked.opened + leaked.closed > 0) {
      const endpoint = {
        address: destinationAddress(service, dialled),
        port: service.program.outbound[dialled]?.port ?? 443,
      };
      told.push({ direction: 'outbound' as const, endpoint, process: null, ...leaked });
    }
    return told;
  });
}

type Passed = ReturnType<typeof passage>;

function leakedPassage(plan: HostPlan, service: Service, fromMs: number, toMs: number): Passed {
  const leak = leakOf(plan, service);
  if (leak === undefined) return { opened: 0, closed: 0, alive: 0 };
  return {
    opened: leakedSince(leak, fromMs, toMs).length,
    closed: goneBetween(leak, fromMs, toMs).length,
    alive: leakedCount(leak, toMs),
  };
}

function added(a: Passed, b: Passed): Passed {
  return { opened: a.opened + b.opened, closed: a.closed + b.closed, alive: a.alive + b.alive };
}
