import { type Process, type ProcessTable } from '@closewatch/protocol';
import { TCP_STATES, type TcpState } from '@closewatch/socket-states';
import { isoInstant } from '../time/clock.ts';
import { type ListingKind } from './listing.ts';

/** Numbers of a process in {@link PROCESS_LISTING}: sockets in each of TCP_STATES, then its descriptors. */
export const DESCRIPTORS_USED = TCP_STATES.length;
export const DESCRIPTORS_LIMIT = TCP_STATES.length + 1;

/** Numbers of a whole process table. */
export const OTHERS = 0;
export const UNOWNED = 1;

type ProcessRest = Omit<Process, 'pid' | 'startedAt'>;

/** How tables of processes are packed. A state that is left out of `counts` is null, and so is not taken for a zero. */
export const PROCESS_LISTING: ListingKind<ProcessTable, Process> = {
  split: ({ pid, startedAt, ...rest }) => ({ numbers: [pid, Date.parse(startedAt)], rest }),
  join: ([pid = 0, startedAt = 0], rest) => ({ pid, startedAt: isoInstant(startedAt), ...(rest as ProcessRest) }),
  keyOf: ([pid = 0, startedAt = 0]) => processKey(pid, startedAt),

  wholeCount: 2,
  valueCount: TCP_STATES.length + 2,

  wholeOf: ({ others, unowned }) => [others, unowned],

  listOf: ({ items }) =>
    items.map(({ process, counts, descriptors }) => ({
      thing: process,
      values: [...TCP_STATES.map((state) => counts[state] ?? null), descriptors.used, descriptors.limit],
    })),

  contentOf: (whole, list) => ({
    items: list.map(({ thing, values }) => ({
      process: thing,
      counts: countsOf(values),
      descriptors: { used: values[DESCRIPTORS_USED] ?? null, limit: values[DESCRIPTORS_LIMIT] ?? null },
    })),
    others: whole[OTHERS] ?? 0,
    unowned: whole[UNOWNED] ?? 0,
  }),

  weightOf: socketsOf,
};

/** A pid alone is reused; with the start (milliseconds since the epoch) it is not. */
export function processKey(pid: number, startedAt: number): string {
  return `${pid} ${startedAt}`;
}

/** Sockets of a process in all states. */
export function socketsOf(values: readonly number[]): number {
  let sum = 0;
  for (let index = 0; index < TCP_STATES.length; index++) {
    const count = values[index] ?? NaN;
    if (count > 0) sum += count;
  }
  return sum;
}

function countsOf(values: readonly (number | null)[]): Partial<Record<TcpState, number>> {
  const counts: Partial<Record<TcpState, number>> = {};
  for (const [index, state] of TCP_STATES.entries()) {
    const count = values[index] ?? null;
    if (count !== null) counts[state] = count;
  }
  return counts;
}
