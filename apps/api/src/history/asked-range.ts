import { ApiError } from '../errors/api-error.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** A range as people ask for it, ISO 8601. */
export interface AskedRange {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** In milliseconds since the epoch; `to` is now unless said, `from` an hour before it. Throws {@link ApiError} 400. */
export function readRange(asked: AskedRange, now: number, mostDays: number): { from: number; to: number } {
  const to = asked.to === undefined ? now : Date.parse(asked.to);
  const from = asked.from === undefined ? Math.max(0, to - HOUR_MS) : Date.parse(asked.from);
  if (from >= to) throw notARange('must be before to, which is now when left out');
  if (to - from > mostDays * DAY_MS) {
    throw notARange(`must be at most ${mostDays.toLocaleString('en')} days before to, which is now when left out`);
  }
  return { from, to };
}

function notARange(message: string): ApiError {
  return ApiError.badRequest('The range of time is not valid.', [{ path: 'from', message }]);
}
