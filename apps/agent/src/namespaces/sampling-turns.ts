/** When a namespace was looked at last, and when a look last found something else than the one before. */
export interface TurnHistory {
  /** How often it was looked at. */
  readonly looks: number;
  /** 0 before the first time. Milliseconds on the monotonic clock, like all times here. */
  readonly sampledAt: number;
  readonly changedAt: number;
  /** CPU that the last look took, in milliseconds. */
  readonly costMs: number;
}

/** A socket counts from its second sighting, so the second look at a namespace does not wait for a round. */
const LOOKS_TO_KNOW = 2;
const SHORTEST_MS = 30_000;
/** So many looks in a row are no burden, and a few namespaces need not wait for each other. */
const AT_ONCE = 4;
/** The wire's longest interval. */
const LONGEST_MS = 3_600_000;
/**
 * What looks at other namespaces take of one CPU while a round of at most a minute allows it, and what they may take in
 * all. A look costs 4 ms even where there is nothing (kernel's hash table), and 30 to 60 ms beside a namespace with
 * hundreds of thousands of sockets, for all share the one table.
 */
const WANTED_SHARE = 0.001;
const WANTED_WITHIN_MS = 60_000;
const CPU_SHARE = 0.0025;

/**
 * How long a round through all of them takes: half a minute, up to a whole one as looks get dearer, and longer only where
 * they are so many, or so large, that it would take more than a quarter of a percent of a CPU. `tickMs`: between two
 * chances to look.
 */
export function roundMs(all: readonly TurnHistory[], tickMs: number): number {
  const costMs = all.reduce((sum, { costMs }) => sum + costMs, 0);
  const wantedMs = Math.min(costMs / WANTED_SHARE, WANTED_WITHIN_MS);
  const longEnoughMs = Math.ceil(Math.max(wantedMs, costMs / CPU_SHARE));
  return Math.min(Math.max(SHORTEST_MS, tickMs, longEnoughMs), LONGEST_MS);
}

/**
 * Whose turn it is `now`: those whose last look is a round ago, no more than keeps the looks spread over the round.
 * Those looked at less than twice come first, then those that have waited for two rounds, then what changed most recently.
 */
export function chosenForTurn<History extends TurnHistory>(
  all: readonly History[],
  now: number,
  intervalMs: number,
  tickMs: number,
): History[] {
  // Ticks are never quite on time: half of one early is nearer than half of one late.
  const waited = ({ sampledAt }: History): number => now - sampledAt + tickMs / 2;
  const rank = (history: History): number => {
    if (history.looks < LOOKS_TO_KNOW) return 0;
    return waited(history) >= 2 * intervalMs ? 1 : 2;
  };
  return all
    .filter((history) => history.looks < LOOKS_TO_KNOW || waited(history) >= intervalMs)
    .sort((a, b) => rank(a) - rank(b) || b.changedAt - a.changedAt || a.sampledAt - b.sampledAt)
    .slice(0, Math.max(AT_ONCE, Math.ceil((all.length * tickMs) / intervalMs)));
}
