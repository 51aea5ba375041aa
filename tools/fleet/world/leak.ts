import { happenedAt, happenedBy, type Flow } from './flow.ts';
import { type HostPlan, type Service } from './host.ts';
import { instanceAt, type Instance } from './instance.ts';
import { leakPlan, type LeakPlan } from './leak-plan.ts';
import { between, keyFor } from './random.ts';

/** A socket of a leak, which has its number for ever. Instants in milliseconds since 1970. */
export interface LeakedSocket {
  readonly number: number;
  readonly openedMs: number;
  /** When it leaves CLOSE_WAIT. */
  readonly endsMs: number;
  /** Where it stands among those of its process: 0 is the first. */
  readonly rank: number;
}

/** A service that leaks, over all time. */
export interface Leak {
  readonly plan: LeakPlan;
  readonly flow: Flow;
  readonly host: HostPlan;
  readonly service: Service;
}

export function leakOf(host: HostPlan, service: Service): Leak | undefined {
  if (service.leak === undefined) return undefined;
  const plan = leakPlan(service.leak);
  const wave = { perSecond: plan.perHour / 3_600, shape: host.shape };
  return { plan, flow: { wave, key: keyFor(service.key, 'leak') }, host, service };
}

/** The numbers of those that opened in this life of the process by an instant: `from` included, `to` not. */
function opened({ plan, flow }: Leak, instance: Instance, atMs: number): { from: number; to: number } {
  const beginsMs = Math.max(instance.startedMs, instance.restartMs - plan.leaksForMs);
  const from = happenedBy(flow, beginsMs);
  if (atMs < beginsMs) return { from, to: from };
  return { from, to: Math.min(happenedBy(flow, atMs), from + plan.most) };
}

/** The first that may still be in CLOSE_WAIT. */
function firstAlive({ plan, flow }: Leak, from: number, atMs: number): number {
  return plan.lifeMs === undefined ? from : Math.max(from, happenedBy(flow, atMs - plan.lifeMs.most));
}

function socketOf({ plan, flow }: Leak, instance: Instance, number: number, from: number): LeakedSocket {
  const openedMs = happenedAt(flow, number);
  const { lifeMs } = plan;
  const lived =
    lifeMs === undefined ? Infinity : openedMs + between(flow.key ^ 0x51ed270b, number, lifeMs.least, lifeMs.most);
  return { number, openedMs, endsMs: Math.floor(Math.min(lived, instance.endsMs)), rank: number - from };
}

/** Those in CLOSE_WAIT at an instant, oldest first. */
export function leakedAt(leak: Leak, atMs: number): LeakedSocket[] {
  const instance = instanceAt(leak.host, leak.service, atMs);
  const { from, to } = opened(leak, instance, atMs);
  const sockets: LeakedSocket[] = [];
  for (let number = firstAlive(leak, from, atMs); number < to; number++) {
    const socket = socketOf(leak, instance, number, from);
    if (socket.endsMs > atMs) sockets.push(socket);
  }
  return sockets;
}

/** How many there are of {@link leakedAt}, without making them. */
export function leakedCount(leak: Leak, atMs: number): number {
  if (leak.plan.lifeMs !== undefined) return leakedAt(leak, atMs).length;
  const { from, to } = opened(leak, instanceAt(leak.host, leak.service, atMs), atMs);
  return to - from;
}

/** Those in CLOSE_WAIT at `laterMs` that were not yet at `earlierMs`: news. */
export function leakedSince(leak: Leak, earlierMs: number, laterMs: number): LeakedSocket[] {
  const instance = instanceAt(leak.host, leak.service, laterMs);
  const { from, to } = opened(leak, instance, laterMs);
  const known = Math.max(firstAlive(leak, from, laterMs), happenedBy(leak.flow, earlierMs));
  const sockets: LeakedSocket[] = [];
  for (let number = known; number < to; number++) {
    const socket = socketOf(leak, instance, number, from);
    if (socket.endsMs > laterMs) sockets.push(socket);
  }
  return sockets;
}

/** Those of `leakedAt(earlierMs)` that are no longer there at `laterMs`. */
export function goneBetween(leak: Leak, earlierMs: number, laterMs: number): LeakedSocket[] {
  const instance = instanceAt(leak.host, leak.service, earlierMs);
  if (leak.plan.lifeMs === undefined && instance.endsMs > laterMs) return [];
  return leakedAt(leak, earlierMs).filter(({ endsMs }) => endsMs <= laterMs);
}

/** Sockets that are gone while their descriptors stay, oldest first, by the number of them. */
export function orphanNumbers(
  leak: Leak,
  atMs: number,
): { readonly instance: Instance; readonly sockets: LeakedSocket[] } {
  const instance = instanceAt(leak.host, leak.service, atMs);
  if (!leak.plan.orphans) return { instance, sockets: [] };
  const { from, to } = opened(leak, instance, atMs);
  const sockets: LeakedSocket[] = [];
  for (let number = from; number < to; number++) {
    const socket = socketOf(leak, instance, number, from);
    if (socket.endsMs <= atMs) sockets.push(socket);
  }
  return { instance, sockets };
}

/** How many there are of {@link orphanNumbers}. */
export function orphanCount(leak: Leak, atMs: number): number {
  if (!leak.plan.orphans) return 0;
  const { from, to } = opened(leak, instanceAt(leak.host, leak.service, atMs), atMs);
  return to - from - leakedCount(leak, atMs);
}
