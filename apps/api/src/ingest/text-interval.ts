/** A cron job runs once a minute at most, and PUSH's longest interval is an hour. */
const SHORTEST_MS = 60_000;
const LONGEST_MS = 3_600_000;

/**
 * How often a host sends its text, in milliseconds: the shorter of the last two spacings, so that one gap does not make
 * a host that sends every minute look alive for hours. `earlier`: when the last two came, the newest first.
 */
export function textInterval(takenAt: number, earlier: readonly number[]): number {
  const [last, beforeLast] = earlier;
  if (last === undefined) return SHORTEST_MS;
  const spacing = Math.min(takenAt - last, beforeLast === undefined ? Infinity : last - beforeLast);
  return Math.min(Math.max(spacing, SHORTEST_MS), LONGEST_MS);
}
