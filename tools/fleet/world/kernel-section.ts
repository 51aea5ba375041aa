import type { KernelFacts } from '@closewatch/protocol';
import { closesBy } from './closes.ts';
import { PORT_RANGE } from './endpoints.ts';
import { happenedBy, instantIn, lastOf, type Flow } from './flow.ts';
import { type HostPlan, type Place } from './host.ts';
import { leakPlan } from './leak-plan.ts';
import { placeLoad, sum } from './load.ts';
import { keyFor } from './random.ts';
import { type Run } from './timeline.ts';

type Counters = NonNullable<KernelFacts['counters']>;

/** What the kernel counts since it booted. Each follows from a flow that never goes back. */
function countersOf(host: HostPlan, place: Place, bootedMs: number, atMs: number): Counters {
  const closed = closesBy(host, place, atMs) - closesBy(host, place, bootedMs);
  const flow = (name: string, perSecond: number): number => {
    const events: Flow = {
      key: keyFor(place.key, name),
      wave: { perSecond: perSecond * host.size, shape: host.shape },
    };
    return happenedBy(events, atMs) - happenedBy(events, bootedMs);
  };
  const dialled = sum(place.services.map(({ program }) => (program.outbound.length > 0 ? program.closesPerSecond : 0)));
  const accepted = sum(
    place.services.map(({ program }) => program.turnoverPerSecond + program.closesPerSecond + program.inbound / 90),
  );
  const overflows = refusedBy(host, place, bootedMs, atMs);
  return {
    TW: closed,
    TWRecycled: 0,
    TWKilled: 0,
    TCPTimeWaitOverflow: 0,
    ListenOverflows: overflows,
    ListenDrops: overflows,
    SyncookiesSent: 0,
    TCPReqQFullDoCookies: 0,
    TCPReqQFullDrop: 0,
    ActiveOpens: flow('active', dialled * 0.6 + 0.02),
    PassiveOpens: flow('passive', accepted),
    AttemptFails: flow('fails', dialled * 0.004 + 0.001),
    EstabResets: flow('resets', accepted * 0.006),
    OutRsts: flow('rsts', accepted * 0.015 + 0.002),
  };
}

/** Connections that a full accept queue has turned away since the kernel booted. */
function refusedBy(host: HostPlan, place: Place, bootedMs: number, atMs: number): number {
  let refused = 0;
  for (const { key, leak } of place.services) {
    const plan = leak === undefined ? undefined : leakPlan(leak);
    if (plan === undefined || plan.accepted) continue;
    const flow: Flow = { key: keyFor(key, 'leak'), wave: { perSecond: plan.perHour / 3_600, shape: host.shape } };
    const restarts = { key: keyFor(key, 'restart'), periodMs: plan.periodMs };
    for (let number = lastOf(restarts, bootedMs).number; ; number++) {
      const endsMs = instantIn(restarts, number + 1);
      const beginsMs = Math.max(bootedMs, endsMs - plan.leaksForMs);
      if (beginsMs < atMs) {
        const knocked = happenedBy(flow, Math.min(endsMs, atMs)) - happenedBy(flow, beginsMs);
        refused += Math.max(0, knocked - plan.most);
      }
      if (endsMs >= atMs) break;
    }
  }
  return refused;
}

function sysctlsOf(host: HostPlan): NonNullable<KernelFacts['sysctls']> {
  return {
    'net.ipv4.tcp_max_tw_buckets': String(host.role.maxTimeWait),
    'net.ipv4.ip_local_port_range': `${PORT_RANGE.low}\t${PORT_RANGE.high}`,
    'net.ipv4.ip_local_reserved_ports': '',
    'net.ipv4.tcp_fin_timeout': '60',
    'net.ipv4.tcp_tw_reuse': '2',
    'net.ipv4.tcp_max_orphans': '131072',
    'net.ipv4.tcp_max_syn_backlog': '1024',
    'net.ipv4.tcp_keepalive_time': '7200',
    'net.core.somaxconn': '4096',
    'fs.file-max': String(FILES_MAX),
  };
}

const FILES_MAX = 3_251_896;

function filesOf(host: HostPlan, place: Place, bootedMs: number, atMs: number): { allocated: number; max: number } {
  const { services } = placeLoad(host, place, bootedMs, atMs);
  const held = sum(services.map((load) => load.inbound + sum(load.outbound) + load.leaked + load.orphans));
  // The kernel hands them out in steps.
  return { allocated: Math.ceil((1_500 + held) / 32) * 32, max: FILES_MAX };
}

/** What has changed since the look before; all of it without one. */
export function kernelOf(
  host: HostPlan,
  place: Place,
  { bootedMs }: Run,
  beforeMs: number | undefined,
  atMs: number,
): KernelFacts {
  const counters = countersOf(host, place, bootedMs, atMs);
  const fileHandles = filesOf(host, place, bootedMs, atMs);
  if (beforeMs === undefined) return { counters, sysctls: sysctlsOf(host), fileHandles };
  const before = countersOf(host, place, bootedMs, beforeMs);
  const names = Object.keys(counters) as (keyof Counters)[];
  const changed = names.filter((name) => counters[name] !== before[name]);
  const filesBefore = filesOf(host, place, bootedMs, beforeMs);
  return {
    ...(changed.length === 0 ? {} : { counters: Object.fromEntries(changed.map((name) => [name, counters[name]])) }),
    ...(filesBefore.allocated === fileHandles.allocated ? {} : { fileHandles }),
  };
}
