import type { Orphans, PressureStall, ProcessEvidence } from '@closewatch/protocol';
import { socketIdOf } from './connection.ts';
import { type HostPlan, type Place } from './host.ts';
import { type PlaceLoad, type ServiceLoad } from './load.ts';
import { orphanNumbers } from './leak.ts';
import { descriptorsUsed, ownersOf, processOf } from './owner.ts';
import { heldCloseWait } from './process-section.ts';
import { between, few, noise } from './random.ts';
import { sum } from './load.ts';

/** The protocol takes no more. */
const MOST_ORPHANS = 1_000;

/** Why the holders of CLOSE_WAIT sockets may not close them. `watchedMs`: how long the agent has looked. */
export function evidenceOf(
  place: Place,
  load: PlaceLoad,
  { atMs, watchedMs, intervalMs }: { readonly atMs: number; readonly watchedMs: number; readonly intervalMs: number },
): ProcessEvidence[] {
  return load.services
    .filter((service) => heldCloseWait(service) + service.orphans > 0)
    .map((service) => {
      const { program, key } = service.service;
      const closeWait = heldCloseWait(service);
      const plan = service.leak?.plan;
      const isLocked = plan?.threads.polls === false;
      const sockets = service.inbound + sum(service.outbound) + closeWait + service.orphans + service.listening;
      const runMs = isLocked ? 0.2 : between(key, atMs % 2 ** 32, 8, 60) * (1 + noise(key, atMs, 60_000) * 0.4);
      return {
        process: processOf(place, service.service, service.instance, 0),
        uid: program.uid,
        closeWait,
        unread: plan?.accepted === true && plan.unread.least > 0 ? service.leaked : 0,
        orphaned: service.orphans,
        windowMs: watchedMs >= intervalMs ? intervalMs : null,
        threads: { total: program.threads, looked: program.threads },
        waits: waitsOf(service, program.threads),
        polledAgoMs: isLocked ? null : Math.floor(between(key ^ 7, atMs % 2 ** 32, 0, intervalMs)),
        watchedMs,
        cpu: { runMsPerSecond: round(runMs), runQueueWaitMsPerSecond: round(runMs * 0.06) },
        throttling:
          place.containerId === undefined ? null : { cgroupVersion: 2, throttledPerSecond: 0, throttledMsPerSecond: 0 },
        descriptors: {
          used: Math.min(descriptorsUsed(service.service, sockets), program.descriptorLimit),
          limit: program.descriptorLimit,
        },
        missing: [],
      };
    });
}

function waitsOf({ leak }: ServiceLoad, threads: number): ProcessEvidence['waits'] {
  const { wchan, syscall, polls } = leak?.plan.threads ?? { wchan: 'ep_poll', syscall: 'epoll_wait', polls: true };
  if (!polls) return [{ state: 'S', wchan, syscall, threads }];
  const pollers = Math.max(1, Math.floor(threads / 8));
  const idle = { state: 'S', wchan: 'futex_wait_queue', syscall: 'futex', threads: threads - pollers };
  return [{ state: 'S', wchan, syscall, threads: pollers }, ...(idle.threads > 0 ? [idle] : [])];
}

/** Descriptors that keepalive has left without a socket; the oldest where they are many. */
export function orphansOf(place: Place, load: PlaceLoad, atMs: number): Orphans {
  const items = load.services.flatMap(({ leak, service }) => {
    if (leak === undefined) return [];
    const { instance, sockets } = orphanNumbers(leak, atMs);
    return sockets.map(({ number, rank, endsMs }) => ({
      socketId: socketIdOf(leak, number),
      orphanedAt: new Date(endsMs).toISOString(),
      owners: ownersOf(place, service, instance, 1, rank),
    }));
  });
  return { count: items.length, items: items.slice(0, MOST_ORPHANS) };
}

/** Pressure stall information: a little of each. */
export function pressureOf({ key, size }: HostPlan, atMs: number): PressureStall {
  const share = (number: number, mean: number): number =>
    round(
      Math.max(0, mean * size * (1 + noise(key + number, atMs, 120_000))) +
        few(0.1, key, Math.floor(atMs / 10_000)) / 10,
    );
  return {
    cpu: { someAvg10: share(11, 2.4), fullAvg10: 0 },
    memory: { someAvg10: 0, fullAvg10: 0 },
    io: { someAvg10: share(12, 0.8), fullAvg10: share(13, 0.3) },
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
