import type { Verdict } from '@closewatch/socket-states';

export type Runtime = 'node' | 'python' | 'c';

/** One program of the leak lab that is put before agent and API, and what they ought to say of it. */
export interface Trial {
  readonly scenario: string;
  readonly runtime: Runtime;
  readonly words: readonly string[];
  /** Why its connections do not close; null: it has none that stay, or nobody could tell (the verdict is not asked for). */
  readonly verdict: Verdict | null;
  /** `opens`: it leaks on and on. `none`: it is healthy, however bad it looks. `either`: it is stuck with what it has. */
  readonly incident: 'opens' | 'none' | 'either';
  /** It leaks one a second from its start on: the delay to its warning is measured. */
  readonly isTimed?: true;
  /** Its process may open so many descriptors, and the forecasts of when they run out are compared with when they do. */
  readonly descriptorLimit?: number;
  /** Seen by an agent that may not look into other users' processes. */
  readonly seenBy?: 'nobody';
  /** It is to get the CPU before all else that runs on this machine, where we may say so. */
  readonly isFavoured?: true;
}

export function nameOf({ scenario, runtime, words, seenBy }: Trial): string {
  const every = words.indexOf('--every');
  const sweeps = every === -1 ? [] : [`every ${words[every + 1] ?? ''}`];
  return [scenario, runtime, ...sweeps, ...(seenBy === undefined ? [] : [`seen by ${seenBy}`])].join(', ');
}
