import { ApiError } from '../errors/api-error.ts';

/** A browser's clock may be ahead of ours by so much. */
const AHEAD_MS = 60_000;
/** As long as anything can be kept, and a day. */
const LONGEST_MS = 3_651 * 86_400_000;

/** Milliseconds of an instant that must not lie ahead of `now`. Throws {@link ApiError} 400 that names the parameter. */
export function pastInstant(name: string, instant: string, now: number): number {
  const at = Date.parse(instant);
  if (at <= now + AHEAD_MS) return at;
  throw ApiError.badRequest('Nothing is known of the future.', [{ path: name, message: 'must not be in the future' }]);
}

/** Refuses a range that ends before it begins, or is longer than anything is kept; it is told of by its first parameter. */
export function refuseNoRange(
  [name, from]: readonly [name: string, from: number],
  [nameOfEnd, to]: readonly [name: string, to: number],
): void {
  const message =
    from > to
      ? `must not be after ${nameOfEnd}`
      : to - from > LONGEST_MS
        ? `must be at most 3,651 days before ${nameOfEnd}`
        : undefined;
  if (message !== undefined) throw ApiError.badRequest('The range of time is not valid.', [{ path: name, message }]);
}
