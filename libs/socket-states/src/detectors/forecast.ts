import { type Point, segmentsOf, slopePerMs, spanMs } from './trend.ts';

const HOUR_MS = 3_600_000;
/** A rise is told from the latest of so much time, ... */
const RECENT_MS = 10 * 60_000;
/** ... or from all there is while it is less than this: steps of one socket would make the slope a guess. */
const SURE_GROWTH = 20;
const LEAST_POINTS = 3;
/** Of fewer rises nobody can say how fast they come. */
const LEAST_RISES = 3;

/** How a series rises now. */
export interface Rise {
  readonly perMs: number;
  /** Where it began: the last point before it rose. `isWhole`: the series is older than the rise. */
  readonly since: number;
  readonly isWhole: boolean;
}

export const perHour = (perMs: number): number => perMs * HOUR_MS;

/** The rise since the last drop, without the flat stretch before it; null: it does not rise. Points oldest first. */
export function riseOf(points: readonly Point[], dropShare: number): Rise | null {
  const segment = segmentsOf(points, dropShare).at(-1) ?? [];
  const least = segment.reduce((lowest, { value }) => Math.min(lowest, value), Infinity);
  const begin = segment.findLastIndex(({ value }) => value === least);
  const first = segment[begin];
  // It began somewhere between two samples: a slope from the first would be too small.
  const rising = segment.slice(begin + 1);
  const last = rising.at(-1);
  if (first === undefined || last === undefined || risesOf(first, rising) < LEAST_RISES) return null;
  const recent = rising.filter(({ at }) => at > last.at - RECENT_MS);
  const grown = last.value - (recent[0]?.value ?? last.value);
  const sure = grown >= SURE_GROWTH && recent.length >= LEAST_POINTS ? withoutItsStart(recent, first) : rising;
  const perMs = slopePerMs(sure);
  if (perMs <= 0 || spanMs(sure) === 0) return null;
  return { perMs, since: first.at, isWhole: points[0] !== undefined && first.at > points[0].at };
}

/** It began some time after the flat point that it is told from: that step is too small, and weighs much in a short rise. */
function withoutItsStart(points: readonly Point[], start: Point): readonly Point[] {
  return points[0] === start && points.length > LEAST_POINTS ? points.slice(1) : points;
}

function risesOf(first: Point, points: readonly Point[]): number {
  let rises = 0;
  let before = first.value;
  for (const { value } of points) {
    if (value > before) rises++;
    before = value;
  }
  return rises;
}

/**
 * Milliseconds until `used`, as of `usedAt`, reaches the limit; 0: it has. Null: it does not rise.
 */
export function timeLeftMs(used: number, usedAt: number, limit: number, perMs: number, at: number): number | null {
  if (used >= limit) return 0;
  if (perMs <= 0) return null;
  return Math.max(0, Math.round((limit - used) / perMs - (at - usedAt)));
}
