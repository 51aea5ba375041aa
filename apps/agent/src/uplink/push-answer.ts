import { type ErrorAnswer, type PushAnswer } from '@closewatch/protocol';
import { errorAnswerIn, pushAnswerIn } from './contract.ts';
import { type HttpAnswer } from './http-exchange.ts';
import { type Refusal } from './uplink-states.ts';

/** What an answer to a push means. `words`: what the server said, for the log. */
export type Meaning =
  | { readonly kind: 'accepted'; readonly answer: PushAnswer }
  | { readonly kind: 'refused'; readonly as: Refusal; readonly words: string; readonly retryAfterMs?: number };

const REFUSAL_BY_STATUS: Readonly<Record<number, Refusal>> = {
  400: 'malformed',
  401: 'unauthorized',
  403: 'unauthorized',
  408: 'unreachable',
  409: 'cloned',
  413: 'too_large',
  426: 'wrong_version',
  429: 'busy',
  503: 'busy',
};

/** Reads an answer by contract; `nowMs`, since 1970, is what a Retry-After that names a date counts from. */
export function meaningOf({ status, headers, body }: HttpAnswer, nowMs: number): Meaning {
  if (status === 200) {
    const answer = pushAnswerIn(body);
    if (answer !== undefined) return { kind: 'accepted', answer };
    return { kind: 'refused', as: 'not_closewatch', words: 'answered 200 with something that is no answer to a push' };
  }
  const error = errorAnswerIn(body);
  const as = refusalOf(status, error);
  const retryAfterMs = retryAfterIn(headers['retry-after'], nowMs);
  return {
    kind: 'refused',
    as,
    words: wordsOf(status, error),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** Seconds or an HTTP date (RFC 9110 section 10.2.3), in milliseconds from now. */
function retryAfterIn(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

function refusalOf(status: number, error: ErrorAnswer | undefined): Refusal {
  // Only what stands in a snapshot goes away with it, and only when nothing else is at fault.
  const issues = error?.issues ?? [];
  if (status === 400 && issues.length > 0 && issues.every(({ path }) => /^snapshots\b/.test(path)))
    return 'bad_snapshot';
  return REFUSAL_BY_STATUS[status] ?? (status >= 500 ? 'unreachable' : 'not_closewatch');
}

function wordsOf(status: number, error: ErrorAnswer | undefined): string {
  if (error === undefined) return String(status);
  const issues = error.issues.map(({ path, message }) => `${path}: ${message}`);
  return [`${status} ${error.message}`, ...issues.slice(0, 3)].join('; ');
}
