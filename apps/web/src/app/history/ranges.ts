/** Time ranges of charts, as they stand in the URL. */
export const RANGES = ['15m', '1h', '6h', '24h'] as const;
export type Range = (typeof RANGES)[number];

export const RANGE_MS: Readonly<Record<Range, number>> = {
  '15m': 15 * 60_000,
  '1h': 60 * 60_000,
  '6h': 6 * 60 * 60_000,
  '24h': 24 * 60 * 60_000,
};

export function rangeOf(text: string | undefined): Range {
  return RANGES.find((range) => range === text) ?? '1h';
}

/** A chart of a host that has just appeared is not wider than it has to be, but never narrower than this. */
const NARROWEST_MS = 5 * 60_000;

/**
 * What a chart shows at `nowMs`, all in milliseconds: the range, or the time since the host was first seen where that is
 * shorter, because before it there was nothing to see.
 */
export function windowOf(rangeMs: number, firstSeenMs: number, nowMs: number): { fromMs: number; toMs: number } {
  const knownMs = Math.max(NARROWEST_MS, nowMs - firstSeenMs);
  return { fromMs: nowMs - Math.min(rangeMs, knownMs), toMs: nowMs };
}

/** Steps to ask history for: at most 360, and none shorter than two samples, which would often be empty. */
export function pointsFor(rangeMs: number, intervalMs: number): number {
  return Math.max(2, Math.min(360, Math.floor(rangeMs / Math.max(10_000, 2 * intervalMs))));
}
