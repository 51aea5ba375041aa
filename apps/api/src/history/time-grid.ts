/** Steps over a range of time: `count` of `stepMs` each, the first at `start`. Milliseconds since the epoch. */
export interface TimeGrid {
  readonly start: number;
  readonly stepMs: number;
  readonly count: number;
}

const SECOND_MS = 1_000;
/** Samples come a little early or late; a step as short as the interval would now and then miss one: a gap that is none. */
const JITTER = 1.2;

/**
 * At most `points` steps of whole units (seconds, unless said) that cover from..to, none shorter than the sampling interval.
 * The grid is aligned to the epoch, so that a range which moves on keeps its steps, and whole hours or days, as units, fall
 * whole into them.
 */
export function timeGrid(
  from: number,
  to: number,
  points: number,
  intervalMs: number,
  unitMs: number = SECOND_MS,
): TimeGrid {
  const shortest = Math.max((to - from) / points, intervalMs * JITTER);
  for (let units = Math.ceil(shortest / unitMs); ;) {
    const stepMs = units * unitMs;
    const stepsBefore = Math.floor(from / stepMs);
    const start = stepsBefore * stepMs;
    const count = Math.ceil((to - start) / stepMs);
    if (count <= points) return { start, stepMs, count };
    // As long as no fewer steps lie before the range, none shorter than this reaches its end. Trying each unit in turn
    // would take seconds of work for a range of thousands of years.
    units = Math.max(units + 1, Math.ceil(to / (stepsBefore + points) / unitMs));
  }
}
