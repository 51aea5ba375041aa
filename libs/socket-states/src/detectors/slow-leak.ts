import { type HourlyMinimum } from './leak-window.ts';
import { type SlowLeakThresholds } from './thresholds.ts';

const HOUR_MS = 3_600_000;

/** A slow leak that was found: how much the minima grew, and over which time. */
export interface SlowLeak {
  readonly growth: number;
  readonly overMs: number;
  readonly perMs: number;
}

/**
 * Whether the fewest leaked sockets of successive spans of whole hours keep rising. Minima ignore saw-teeth; that one of
 * the leaked is old tells a leak from a crowd that changes.
 */
export function slowLeakOf(
  hours: readonly HourlyMinimum[],
  oldestMs: number,
  at: number,
  { spanHours, spans, rises, growth, deviations, oldestMs: leastOldestMs }: SlowLeakThresholds,
): SlowLeak | null {
  if (oldestMs < leastOldestMs) return null;
  const end = at - (at % HOUR_MS);
  const spanMs = spanHours * HOUR_MS;
  const since = end - spans * spanMs;
  const minima = Array.from({ length: spans }, () => Infinity);
  for (const { hour, least } of hours) {
    if (hour < since || hour >= end || least === null) continue;
    const span = Math.floor((hour - since) / spanMs);
    minima[span] = Math.min(minima[span] ?? Infinity, least);
  }
  if (minima.some((least) => least === Infinity)) return null;
  const steps = minima.slice(1).map((least, index) => least - (minima[index] ?? least));
  const grown = steps.reduce((sum, step) => sum + step, 0);
  const level = minima.reduce((sum, least) => sum + least, 0) / spans;
  const leastGrowth = Math.max(growth, deviations * Math.sqrt(level));
  if (steps.filter((step) => step > 0).length < rises || grown < leastGrowth) return null;
  const overMs = (spans - 1) * spanMs;
  return { growth: grown, overMs, perMs: grown / overMs };
}
