import type { Owner, Process } from '@closewatch/protocol';
import { type Place, type Service } from './host.ts';
import { type Instance } from './instance.ts';
import { mix } from './random.ts';

/** Descriptors that a program has open beside its connections: files, pipes, its listeners, its epoll. */
const OWN_DESCRIPTORS = 24;
const MOST_DESCRIPTORS = 900_000;

/** One of the workers of a service. */
export function processOf(place: Place, { program }: Service, instance: Instance, worker: number): Process {
  return {
    pid: instance.pid + worker,
    startedAt: new Date(instance.startedMs + worker * 7).toISOString(),
    executable: program.executable,
    command: program.command,
    ...(program.unit === undefined ? {} : { unit: program.unit }),
    ...(place.containerId === undefined ? {} : { containerId: place.containerId }),
  };
}

/** The descriptor of the leaked socket of this rank: others between them have been closed since. */
export function descriptorOf(service: Service, rank: number): number {
  return OWN_DESCRIPTORS + (mix(service.key, 3) % 40) + rank + Math.floor(rank / 7);
}

/** Who holds the leaked socket of this rank: the first worker, and those that inherited it. */
export function ownersOf(place: Place, service: Service, instance: Instance, holders: number, rank: number): Owner[] {
  return Array.from({ length: holders }, (_, worker) => ({
    ...processOf(place, service, instance, worker),
    descriptor: descriptorOf(service, rank),
  }));
}

/** Descriptors of a process that holds so many sockets. */
export function descriptorsUsed(service: Service, sockets: number): number {
  return Math.min(MOST_DESCRIPTORS, OWN_DESCRIPTORS + (mix(service.key, 4) % 60) + sockets);
}
