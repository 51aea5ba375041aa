const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** From where amounts are counted: 2020-01-01, so that they stay small. */
const ORIGIN_MS = Date.UTC(2020, 0, 1);
/** The middle of a working week: Wednesday, 2020-01-01 was one. */
const MIDWEEK_MS = ORIGIN_MS + DAY_MS / 2;

/**
 * How busy people keep something: more by day than by night, less at weekends. Its parts add up to less than 1, so that
 * it never stands still.
 */
export interface Shape {
  readonly day: number;
  readonly halfDay: number;
  readonly week: number;
  /** When in the day, UTC, most is going on. */
  readonly peakMs: number;
}

/** A flow of events, on average `perSecond`, in the shape of the week. */
export interface Wave {
  readonly perSecond: number;
  readonly shape: Shape;
}

/** About 1: how busy it is compared with the average. */
export function busyness({ day, halfDay, week, peakMs }: Shape, atMs: number): number {
  const angle = (2 * Math.PI * (atMs - peakMs)) / DAY_MS;
  const weekAngle = (2 * Math.PI * (atMs - MIDWEEK_MS)) / WEEK_MS;
  return 1 + day * Math.cos(angle) + halfDay * Math.cos(2 * angle) + week * Math.cos(weekAngle);
}

/** The least that {@link busyness} may be. */
export function quietest({ day, halfDay, week }: Shape): number {
  return 1 - day - halfDay - week;
}

/** How many there have been by then, broken ones included: the integral of the flow. */
export function amountBy({ perSecond, shape }: Wave, atMs: number): number {
  const { day, halfDay, week, peakMs } = shape;
  const angle = (2 * Math.PI * (atMs - peakMs)) / DAY_MS;
  const weekAngle = (2 * Math.PI * (atMs - MIDWEEK_MS)) / WEEK_MS;
  const daily = (DAY_MS / (2 * Math.PI)) * (day * Math.sin(angle) + (halfDay / 2) * Math.sin(2 * angle));
  const weekly = (WEEK_MS / (2 * Math.PI)) * week * Math.sin(weekAngle);
  return (perSecond / 1_000) * (atMs - ORIGIN_MS + daily + weekly);
}

const CLOSE_ENOUGH_MS = 0.01;

/** When there had been so many: the inverse of {@link amountBy}, by Newton's method kept between bounds. */
export function instantOf(wave: Wave, amount: number): number {
  const { day, halfDay, week } = wave.shape;
  const reach = (DAY_MS * (day + halfDay / 2) + WEEK_MS * week) / (2 * Math.PI) + 1;
  let at = ORIGIN_MS + (amount * 1_000) / wave.perSecond;
  let [least, most] = [at - reach, at + reach];
  for (let step = 0; step < 60; step++) {
    const missing = amount - amountBy(wave, at);
    if (missing > 0) least = at;
    else most = at;
    const next = at + (missing * 1_000) / (wave.perSecond * busyness(wave.shape, at));
    if (Math.abs(next - at) < CLOSE_ENOUGH_MS) return next;
    at = next > least && next < most ? next : (least + most) / 2;
  }
  return at;
}
