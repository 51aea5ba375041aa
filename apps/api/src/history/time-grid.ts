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
 * At most `points` steps of whole seconds that cover from..to, none shorter than the sampling interval. The grid is
 * aligned to the epoch, so that a range which moves on keeps its steps.
 */
export function timeGrid(from: number, to: number, points: number, intervalMs: number): TimeGrid {
  const shortest = Math.max((to - from) / points, intervalMs * JITTER);
  for (let seconds = Math.ceil(shortest / SECOND_MS); ; seconds++) {
    const stepMs = seconds * SECOND_MS;
    const start = Math.floor(from / stepMs) * stepMs;
    const count = Math.ceil((to - start) / stepMs);
    if (count <= points || count === 1) return { start, stepMs, count };
  }
}
