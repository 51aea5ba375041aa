import { type TrendThresholds } from './thresholds.ts';

/** A value at an instant, milliseconds since the epoch. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

/** A gap of more than so many sampling intervals is one. */
const GAP_INTERVALS = 3;
/** Hosts that sample slowly are looked at over so many of their intervals. */
const LEAST_INTERVALS = 12;
/** Points that the last quarter needs to have a slope. */
const QUARTER_POINTS = 3;

/** Where a series falls by more than `dropShare` of the highest since the fall before, a new segment begins. */
export function segmentsOf(points: readonly Point[], dropShare: number): Point[][] {
  const segments: Point[][] = [];
  let highest = 0;
  for (const point of points) {
    const segment = segments.at(-1);
    if (segment === undefined || point.value < highest * (1 - dropShare)) {
      segments.push([point]);
      highest = point.value;
    } else {
      segment.push(point);
      highest = Math.max(highest, point.value);
    }
  }
  return segments;
}

/** Slope of the regression line, per millisecond; 0 where one instant is all there is. */
export function slopePerMs(points: readonly Point[]): number {
  const count = points.length;
  const first = points[0];
  if (first === undefined) return 0;
  let sumAt = 0;
  let sumValue = 0;
  let sumAtValue = 0;
  let sumAtAt = 0;
  for (const point of points) {
    const at = point.at - first.at;
    sumAt += at;
    sumValue += point.value;
    sumAtValue += at * point.value;
    sumAtAt += at * at;
  }
  const spread = count * sumAtAt - sumAt * sumAt;
  return spread === 0 ? 0 : (count * sumAtValue - sumAt * sumValue) / spread;
}

export const spanMs = (points: readonly Point[]): number => (points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0);

/** The middle one of the times between neighbours; 0 with fewer than two points. */
export function usualGapMs(points: readonly Point[]): number {
  const gaps = points.slice(1).map(({ at }, index) => at - (points[index]?.at ?? at));
  return gaps.sort((a, b) => a - b)[gaps.length >> 1] ?? 0;
}

/** How much of the window is covered by samples: what lies between two that are no more than a gap apart, or after the last. */
function presentMs(points: readonly Point[], from: number, at: number, longestGapMs: number): number {
  let present = 0;
  let before: number | null = null;
  for (const point of points) {
    const since: number = before ?? Math.max(from, point.at - longestGapMs / GAP_INTERVALS);
    present += Math.min(point.at - since, longestGapMs);
    before = point.at;
  }
  return before === null ? 0 : present + Math.min(at - before, longestGapMs);
}

/**
 * Whether a series keeps rising, and not by chance: the window is there, its longest segment is long enough and rises by
 * `leastGrowth` and by more than what comes and goes by chance, its first half rose (it is no step) and its last quarter
 * still does. Points oldest first.
 */
export function isRising(
  points: readonly Point[],
  at: number,
  leastGrowth: number,
  thresholds: TrendThresholds,
): boolean {
  const gapMs = usualGapMs(points);
  const windowMs = Math.max(thresholds.windowMs, LEAST_INTERVALS * gapMs);
  const inWindow = points.filter((point) => point.at > at - windowMs && point.at <= at);
  if (presentMs(inWindow, at - windowMs, at, GAP_INTERVALS * gapMs) < thresholds.presentShare * windowMs) return false;
  const segment = segmentsOf(inWindow, thresholds.dropShare).reduce<Point[]>(
    (longest, next) => (spanMs(next) >= spanMs(longest) ? next : longest),
    [],
  );
  const span = spanMs(segment);
  if (segment.length < thresholds.points || span < thresholds.segmentShare * windowMs) return false;
  const slope = slopePerMs(segment);
  const level = segment.reduce((sum, { value }) => sum + value, 0) / segment.length;
  if (slope <= 0 || slope * span < Math.max(leastGrowth, thresholds.deviations * Math.sqrt(level))) return false;
  const least = thresholds.partShare * slope;
  const end = segment.at(-1)?.at ?? at;
  const middle = end - span / 2;
  const firstHalf = segment.filter((point) => point.at <= middle);
  const lastQuarter = segment.filter((point) => point.at >= end - span / 4);
  return [firstHalf, lastQuarter.length >= QUARTER_POINTS ? lastQuarter : segment.slice(-QUARTER_POINTS)].every(
    (part) => slopePerMs(part) >= least,
  );
}
