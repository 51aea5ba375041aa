import { type Turnover } from '@closewatch/protocol';
import { type TrackedSocket } from './tracked-socket.ts';

/** Passage of sockets through CLOSE_WAIT at one endpoint. */
export interface EndpointTally {
  readonly direction: Turnover['direction'];
  readonly endpoint: Turnover['endpoint'];
  opened: number;
  closed: number;
  alive: number;
}

/** Peers that were dialled may be without number: so many endpoints are told apart, the others are counted as one. */
const MOST_ENDPOINTS = 4_096;

/**
 * Counts per endpoint what passes through CLOSE_WAIT: many sockets are seen by one look only, and are numbers and not
 * rows. The endpoint is the local port, of whichever address, where somebody listens or it is not known who dialled,
 * else the peer that was dialled.
 */
export class EndpointTallies {
  readonly #byKey = new Map<number | string, EndpointTally>();
  /** Of the endpoints there was no room for; they are not told. */
  readonly #others: EndpointTally = emptyTally(null, { address: null, port: 0 });

  /** The tally for a socket of this direction; the peer is spelled out only if it is asked for. */
  of(
    direction: Turnover['direction'],
    localPort: number,
    peer: () => { readonly address: string; readonly port: number },
  ): EndpointTally {
    const dialled = direction === 'outbound' ? peer() : undefined;
    // A port that was listened on may lose its listener: then it is another endpoint.
    const key =
      dialled === undefined ? localPort * 2 + (direction === null ? 1 : 0) : `${dialled.address} ${dialled.port}`;
    let tally = this.#byKey.get(key);
    if (tally === undefined) {
      if (this.#byKey.size >= MOST_ENDPOINTS) return this.#others;
      tally = emptyTally(direction, dialled ?? { address: null, port: localPort });
      this.#byKey.set(key, tally);
    }
    return tally;
  }

  /**
   * What passed since this was asked last, most first, at most `count` of them. `holders` are the confirmed sockets: an
   * endpoint's process is the one that holds those of them that stand there, and not known if several do.
   */
  take(count: number, holders: Iterable<TrackedSocket>): Turnover[] {
    const moved = [...this.#byKey.values()].filter(({ opened, closed }) => opened + closed > 0);
    const processes = moved.length === 0 ? undefined : processesOf(holders);
    const told = moved
      .sort((a, b) => b.opened + b.closed - (a.opened + a.closed))
      .slice(0, count)
      .map((tally) => ({ ...tally, process: processes?.get(tally) ?? null }));
    for (const [key, tally] of this.#byKey) {
      tally.opened = tally.closed = 0;
      if (tally.alive === 0) this.#byKey.delete(key);
    }
    return told;
  }

  clear(): void {
    this.#byKey.clear();
  }
}

function emptyTally(direction: Turnover['direction'], endpoint: Turnover['endpoint']): EndpointTally {
  return { direction, endpoint, opened: 0, closed: 0, alive: 0 };
}

/** Null: several. */
function processesOf(holders: Iterable<TrackedSocket>): Map<EndpointTally, Turnover['process']> {
  const processes = new Map<EndpointTally, Turnover['process']>();
  for (const { endpoint, owners } of holders) {
    for (const { pid, executable } of owners) {
      const known = processes.get(endpoint);
      if (known === undefined) processes.set(endpoint, { pid, executable });
      else if (known !== null && known.pid !== pid) processes.set(endpoint, null);
    }
  }
  return processes;
}
