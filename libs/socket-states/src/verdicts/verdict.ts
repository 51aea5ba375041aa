/**
 * Why connections in CLOSE_WAIT do not close.
 *
 * - `code_leak`: everything is read, threads are healthy, and nobody closes.
 * - `not_reading`: bytes or the FIN wait unread, threads are healthy: nobody polls this socket.
 * - `cpu_starved`: threads are ready and get no CPU. `busy`: a thread burns CPU and never gets to the read.
 * - `blocked_on_lock`, `blocked_on_io`, `stopped`: the threads that would close do not run.
 * - `not_accepted`: waits in the accept queue of its listener; no process has it yet.
 * - `half_closed`: the peer closed one direction on purpose and still takes data. Not a fault.
 * - `send_blocked`: what is to be sent does not go out.
 * - `inherited`: open in two or more processes. `kernel_owned`: in none, and we could have seen it.
 * - `turnover`: young ones that come and go. Not a fault.
 * - `unknown`: evidence is missing, and `missing` says which.
 */
export const VERDICTS = [
  'code_leak',
  'not_reading',
  'cpu_starved',
  'busy',
  'blocked_on_lock',
  'blocked_on_io',
  'stopped',
  'not_accepted',
  'half_closed',
  'send_blocked',
  'inherited',
  'kernel_owned',
  'turnover',
  'unknown',
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Verdicts that are no fault: such connections are not leaked. */
export const HARMLESS_VERDICTS: ReadonlySet<Verdict> = new Set<Verdict>(['half_closed', 'turnover']);

/** One thing that was seen, or is missing: words by its key in libs/messages, with these numbers and names put in. */
export interface Reason<Key extends string = string> {
  readonly key: Key;
  readonly parameters: Readonly<Record<string, string | number>>;
}

/** A verdict and what it rests on. `confidence` is from 0 to 1. */
export interface Finding {
  readonly verdict: Verdict;
  readonly confidence: number;
  readonly for: readonly Reason[];
  readonly against: readonly Reason[];
  /** Evidence that would have made it surer, and which capability would give it. */
  readonly missing: readonly Reason[];
  /** One sentence that says what to do. */
  readonly advice: Reason;
}
