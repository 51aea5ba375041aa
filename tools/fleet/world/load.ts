import type { StateCounts } from '@closewatch/socket-states';
import { closesBy, timeWaitAt } from './closes.ts';
import { type HostPlan, type Place, type Service } from './host.ts';
import { instanceAt, type Instance } from './instance.ts';
import { leakOf, leakedCount, orphanCount, type Leak } from './leak.ts';
import { few, keyFor, noise, unit } from './random.ts';
import { passingAt } from './turnover.ts';
import { busyness } from './wave.ts';

/** What a service holds at an instant. */
export interface ServiceLoad {
  readonly service: Service;
  readonly instance: Instance;
  readonly leak: Leak | undefined;
  readonly listening: number;
  readonly synSent: number;
  /** Connections that others opened to it. */
  readonly inbound: number;
  /** Those that it opened, by destination of its program. */
  readonly outbound: readonly number[];
  /** Passing CLOSE_WAIT in good health. */
  readonly passing: number;
  readonly leaked: number;
  /** Leaked descriptors without a socket. */
  readonly orphans: number;
}

/** A network namespace at an instant. */
export interface PlaceLoad {
  readonly services: readonly ServiceLoad[];
  readonly counts: StateCounts;
  /** Sockets that no process holds, TIME_WAIT not counted. */
  readonly unowned: number;
}

/** Sockets that nobody keeps track of: sshd's. */
export const SSHD_LISTENS = 2;

export function sshSessions(place: Place, atMs: number): number {
  return place.netns === 0 ? few(0.5, keyFor(place.key, 'ssh'), Math.floor(atMs / 1_700_000)) : 0;
}

function serviceLoad(host: HostPlan, service: Service, atMs: number): ServiceLoad {
  const { program, key } = service;
  const instance = instanceAt(host, service, atMs);
  const leak = leakOf(host, service);
  const busy = host.size * busyness(host.shape, atMs);
  // Between two lives there is nobody who could hold anything.
  const up = atMs >= instance.startedMs;
  const around = (mean: number, number: number): number => {
    const level =
      mean * busy * (1 + 0.1 * noise(key + number, atMs, 300_000) + 0.05 * noise(key ^ number, atMs, 40_000));
    return up
      ? Math.max(0, Math.round(level + Math.sqrt(mean) * 0.3 * (2 * unit(key + number, atMs % 2 ** 32) - 1)))
      : 0;
  };
  return {
    service,
    instance,
    leak,
    listening: up ? program.listens.length : 0,
    synSent: up && program.outbound.length > 0 ? few(0.15, key ^ 0x53594e, atMs % 2 ** 32) : 0,
    inbound: around(program.inbound, 1),
    outbound: program.outbound.map(({ established }, index) => around(established, 2 + index)),
    passing: up ? passingAt(host, service, atMs) : 0,
    leaked: leak === undefined ? 0 : leakedCount(leak, atMs),
    orphans: leak === undefined ? 0 : orphanCount(leak, atMs),
  };
}

/** What stands in a place at an instant; every number follows from the sockets that are told of one by one. */
export function placeLoad(host: HostPlan, place: Place, bootedMs: number, atMs: number): PlaceLoad {
  const services = place.services.map((service) => serviceLoad(host, service, atMs));
  const total = (of: (load: ServiceLoad) => number): number => services.reduce((sum, load) => sum + of(load), 0);
  const isOwn = place.netns === 0;
  const perSecond = closesBy(host, place, atMs) - closesBy(host, place, atMs - 1_000);
  const rare = (mean: number, number: number): number => few(mean, place.key + number, atMs % 2 ** 32);
  const counts: StateCounts = {
    listen: total(({ listening }) => listening) + (isOwn ? SSHD_LISTENS : 0),
    syn_sent: total(({ synSent }) => synSent),
    syn_received: rare(perSecond * 0.012, 1),
    established: total(({ inbound, outbound }) => inbound + sum(outbound)) + sshSessions(place, atMs),
    fin_wait_1: rare(perSecond * 0.008, 2),
    fin_wait_2: rare(perSecond * 0.09, 3),
    closing: rare(0.001, 4) > 0 && unit(place.key, atMs % 2 ** 32) < 0.01 ? 1 : 0,
    time_wait: timeWaitAt(host, place, bootedMs, atMs),
    close_wait: total(({ passing, leaked }) => passing + leaked),
    last_ack: rare(perSecond * 0.01, 5),
    closed: 0,
    unknown: 0,
  };
  const notAccepted = services.reduce((sum, { leak, leaked }) => sum + (leak?.plan.accepted === false ? leaked : 0), 0);
  const kernels = ['syn_received', 'fin_wait_1', 'fin_wait_2', 'closing', 'last_ack'] as const;
  const unowned = kernels.reduce((sum, state) => sum + (counts[state] ?? 0), notAccepted);
  return { services, counts, unowned };
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
