import { performance } from 'node:perf_hooks';
import { Pacer } from '../pacer.ts';
import { type PortTally } from './port-tally.ts';

/** A walk through all sockets of the agent's network namespace, TIME_WAIT and all. */
export interface Walked {
  readonly tally: PortTally;
  /** What it cost: milliseconds it kept the thread. */
  readonly busyMs: number;
}

/**
 * Does one walk in slices of about 5 ms, others having their turn in between. `begin` makes an empty tally, again when
 * the walk has to begin anew. Throws when the kernel does not answer, and when `signal` fires.
 */
export type PortWalk = (begin: () => PortTally, signal: AbortSignal) => Promise<Walked>;

/** Slices work and sums up what the slices cost. */
export class WalkPace {
  readonly #pacer = new Pacer();
  readonly #signal: AbortSignal;
  #busyMs = 0;
  #resumedAt = performance.now();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  get busyMs(): number {
    return this.#busyMs + performance.now() - this.#resumedAt;
  }

  /** Lets others have a turn when one is due. Throws when the walk is to end. */
  async restWhenDue(): Promise<void> {
    if (!this.#pacer.due()) return;
    this.#busyMs += performance.now() - this.#resumedAt;
    await this.#pacer.rest();
    this.#resumedAt = performance.now();
    this.#signal.throwIfAborted();
  }
}
