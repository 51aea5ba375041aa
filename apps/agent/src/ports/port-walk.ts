import { type Pacer } from '../pacer.ts';
import { type PortTally } from './port-tally.ts';

/** A walk through all sockets of the agent's network namespace, TIME_WAIT and all. */
export interface Walked {
  readonly tally: PortTally;
  /** What it cost: milliseconds it kept the thread. */
  readonly busyMs: number;
}

/**
 * Does one walk in slices of some milliseconds, others having their turn in between. `begin` makes an empty tally, again when
 * the walk has to begin anew. Throws when the kernel does not answer, and when `signal` fires.
 */
export type PortWalk = (begin: () => PortTally, signal: AbortSignal) => Promise<Walked>;

/** Lets others have a turn when one is due. Throws when the walk is to end. */
export async function restWhenDue(pacer: Pacer, signal: AbortSignal): Promise<void> {
  if (!pacer.due()) return;
  await pacer.rest();
  signal.throwIfAborted();
}
