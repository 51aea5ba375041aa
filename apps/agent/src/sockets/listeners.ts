import { type Endpoint } from '@closewatch/socket-states';

const WILDCARDS = ['0.0.0.0', '::'];

/** Connections that wait to be accepted, and how many may; `limit` is null where the source does not tell. */
export interface AcceptQueue {
  readonly length: number;
  readonly limit: number | null;
}

/** The local endpoints somebody listens on, and what waits there. */
export class Listeners {
  readonly #queuesByPort = new Map<number, Map<string, AcceptQueue>>();

  add({ address, port }: Endpoint, queue: AcceptQueue = { length: 0, limit: null }): void {
    const queues = this.#queuesByPort.get(port);
    if (queues === undefined) this.#queuesByPort.set(port, new Map([[address, queue]]));
    // Listeners that share an endpoint (SO_REUSEPORT) have a queue each: what waits, waits most likely in the longest.
    else if (queue.length >= (queues.get(address)?.length ?? 0)) queues.set(address, queue);
  }

  get ports(): readonly number[] {
    return [...this.#queuesByPort.keys()];
  }

  /** Whether somebody listens at any address of that port. */
  listenAtSome(port: number): boolean {
    return this.#queuesByPort.has(port);
  }

  /** Whether somebody listens at a wildcard of that port. */
  listenAnywhereAt(port: number): boolean {
    const queues = this.#queuesByPort.get(port);
    return queues !== undefined && WILDCARDS.some((wildcard) => queues.has(wildcard));
  }

  /** Whether somebody listens at that very address, or at a wildcard, of its port. */
  listenAt(local: Endpoint): boolean {
    return this.queueAt(local) !== undefined;
  }

  /** The queue a connection to `local` waits in: of the listener at that very address, else at a wildcard. */
  queueAt({ address, port }: Endpoint): AcceptQueue | undefined {
    const queues = this.#queuesByPort.get(port);
    if (queues === undefined) return undefined;
    const own = queues.get(address);
    if (own !== undefined) return own;
    for (const wildcard of WILDCARDS) {
      const queue = queues.get(wildcard);
      if (queue !== undefined) return queue;
    }
    return undefined;
  }
}
