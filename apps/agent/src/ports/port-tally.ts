import { type FinWaits, type PortPressure } from '@closewatch/protocol';
import { type PortRange } from '../host/port-range.ts';
import { Destinations, MOST_DESTINATIONS } from './destinations.ts';
import { FIN_WAIT_1, FIN_WAIT_2, LISTEN, TIME_WAIT } from './states.ts';
import { TupleList } from './tuple-list.ts';
import { TUPLE, TUPLE_WORDS, localAddressIn, localEndpointIn, peerEndpointIn } from './tuple.ts';

/** As many as the protocol takes. */
const MOST_TOLD = 100;
const MOST_FIN_WAITS = 500;

/**
 * Counts the sockets of a full walk, all of numbers: local ports in use by destination, FIN_WAIT tuples, TIME_WAIT. Only
 * what is told in the end becomes text.
 */
export class PortTally {
  /** Of the socket that is added next: whoever walks writes it here, so that no object is made for it. */
  readonly tuple = new Int32Array(TUPLE_WORDS);
  readonly destinations: Destinations;
  timeWait = 0;
  readonly #range: PortRange | undefined;
  /** 1 for each local port whose sockets count. */
  readonly #counts: Uint8Array;
  readonly #finWait1 = new TupleList(MOST_FIN_WAITS);
  readonly #finWait2 = new TupleList(MOST_FIN_WAITS);

  /**
   * `listening`: ports somebody listens on. The kernel gives none of them to those who dial (inet_hash_connect passes
   * over ports that were bound), so sockets there are inbound and press on no destination.
   */
  constructor(range: PortRange | undefined, listening: Iterable<number>, mostDestinations = MOST_DESTINATIONS) {
    this.#range = range;
    this.#counts = range?.given.slice() ?? new Uint8Array(0);
    for (const port of listening) this.#counts[port] = 0;
    this.destinations = new Destinations(mostDestinations);
  }

  /** Whether a socket in this state (the kernel's number) at this local port needs its tuple; TIME_WAIT is counted either way. */
  wants(state: number, localPort: number): boolean {
    if (state === TIME_WAIT) this.timeWait++;
    if (state === LISTEN) return false;
    return this.#counts[localPort] === 1 || state === FIN_WAIT_1 || state === FIN_WAIT_2;
  }

  /** Takes in {@link tuple}, of a socket that is wanted. */
  add(state: number): void {
    if (state === FIN_WAIT_1) this.#finWait1.add(this.tuple);
    else if (state === FIN_WAIT_2) this.#finWait2.add(this.tuple);
    if (this.#counts[this.tuple[TUPLE.localPort] ?? 0] === 1) {
      this.destinations.add(this.tuple, state === TIME_WAIT);
    }
  }

  /** The most pressed first; none when the range is not known. */
  pressure(): PortPressure[] {
    if (this.#range === undefined) return [];
    const available = this.#counts.reduce((sum, counts) => sum + counts, 0);
    return this.destinations.top(MOST_TOLD).map(({ index, used }) => {
      const key = this.destinations.key(index);
      return {
        localAddress: localAddressIn(key),
        peer: peerEndpointIn(key),
        used,
        timeWait: this.destinations.timeWait(index),
        available,
      };
    });
  }

  finWaits(): FinWaits {
    return { finWait1: toldOf(this.#finWait1), finWait2: toldOf(this.#finWait2) };
  }
}

function toldOf(list: TupleList): FinWaits['finWait1'] {
  const items = Array.from({ length: list.length }, (_, index) => {
    const tuple = list.at(index);
    return { local: localEndpointIn(tuple), peer: peerEndpointIn(tuple) };
  });
  return { total: list.total, items };
}
