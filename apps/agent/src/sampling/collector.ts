import { type Snapshot } from '@closewatch/protocol';
import { type LeakTracker } from '../leaks/leak-tracker.ts';
import { type SocketRoll } from '../sockets/socket-roll.ts';
import { type SocketTable } from '../sockets/socket-table.ts';

/** What a collector may add to a snapshot. */
export type Addition = Pick<
  Snapshot,
  'orphans' | 'evidence' | 'pressureStall' | 'processes' | 'turnover' | 'ports' | 'finWaits' | 'kernel' | 'events'
>;

/** The look that a snapshot is made of, when connections are dated and their owners found. Times as in {@link Look}. */
export interface Sampled {
  readonly startedAt: number;
  readonly takenAt: number;
  readonly table: SocketTable;
  readonly tracker: LeakTracker;
  /** Of all network namespaces that are followed, the own one first: what leaks in containers has processes here too. */
  readonly trackers: readonly LeakTracker[];
}

/**
 * Gathers one kind of evidence about the agent's own network namespace. It keeps its own pace: when it is not its turn
 * it adds nothing. One that throws is data, told in `missing` under its name, and costs the snapshot nothing else.
 */
export interface Collector {
  readonly name: string;
  /** What the newest turn could not tell, in words a person can act on. */
  readonly missing: readonly string[];
  /** What the look that begins `at` (milliseconds on the monotonic clock) shall fill with all sockets; only on its turn. */
  rollFor?(at: number): SocketRoll | undefined;
  /** The server refused a snapshot: what is told only when it changes is to be told again. */
  retell?(): void;
  collect(sampled: Sampled): Promise<Addition>;
  close(): void;
}
