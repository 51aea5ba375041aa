import { TCP_STATE_FACTS, TCP_STATES, type TcpState } from './tcp-state.ts';

/** Sockets in each state. null: the source does not tell (`netstat -n` has no LISTEN), which is not zero. */
export type StateCounts = Readonly<Record<TcpState, number | null>>;

/** Counts under construction: every state is a number. */
export type StateTally = Record<TcpState, number>;

/** A tally with zero in every state. */
export function emptyTally(): StateTally {
  return Object.fromEntries(TCP_STATES.map((state) => [state, 0])) as StateTally;
}

/** Sum over hosts or namespaces, state by state; null where not one of them tells. */
export function sumCounts(all: Iterable<StateCounts>): StateCounts {
  const sum: Record<TcpState, number | null> = Object.fromEntries(TCP_STATES.map((state) => [state, null])) as Record<
    TcpState,
    null
  >;
  for (const counts of all) {
    for (const state of TCP_STATES) {
      const count = counts[state];
      if (count !== null) sum[state] = (sum[state] ?? 0) + count;
    }
  }
  return sum;
}

/** All sockets that were counted, whatever their state. */
export function totalOf(counts: StateCounts): number {
  return TCP_STATES.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
}

/**
 * The lines of `netstat -n | awk '/^tcp/ {++S[$NF]} END {for(a in S) print a, S[a]}'`, in the order of
 * {@link TCP_STATES}: netstat's names, no LISTEN (`-n` alone leaves it out), no state without sockets.
 */
export function netstatLines(counts: StateCounts): string[] {
  return TCP_STATES.filter((state) => state !== 'listen' && (counts[state] ?? 0) > 0).map(
    (state) => `${TCP_STATE_FACTS[state].netstat} ${counts[state]}`,
  );
}
