const MINUTE_MS = 60_000;
/** About what one minute's round can carry at a hundredth of a CPU. */
const IN_A_MINUTE = 2_000;
const MOST_MINUTES = 5;

/**
 * How often all of `count` leaks are gone through once, to tell of each or to look who shares it, in milliseconds: each
 * minute up to 2,000, and more slowly the more there are, every five minutes at most. Ten thousand are seven megabytes of
 * JSON; what is new, changed or ended is told at once anyway.
 */
export function roundEveryMs(count: number): number {
  return MINUTE_MS * Math.min(MOST_MINUTES, Math.max(1, Math.ceil(count / IN_A_MINUTE)));
}
