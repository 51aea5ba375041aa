import { setTimeout as sleep } from 'node:timers/promises';
import { type ServerClock } from '../sampling/server-clock.ts';
import { dateOf, exchange } from './http-exchange.ts';

const PAUSE_MS = 200;

export interface FirstReplyParts {
  readonly server: URL;
  readonly clock: ServerClock;
  readonly deadlineMs: number;
  /** Fires when the agent is to stop. */
  readonly stop: AbortSignal;
}

/**
 * Learns the server's clock before anything is dated: from the `Date` of any reply to `GET /health/live`, whatever it
 * says. Asks until there is one, for `deadlineMs` at most; resolves to whether there was. Never rejects: without a
 * reply the agent goes on by this host's clock.
 */
export async function learnFromFirstReply({ server, clock, deadlineMs, stop }: FirstReplyParts): Promise<boolean> {
  const url = new URL(server);
  url.pathname = `${server.pathname.replace(/\/+$/, '')}/health/live`;
  const signal = AbortSignal.any([stop, AbortSignal.timeout(deadlineMs)]);
  while (!signal.aborted) {
    try {
      const sentAt = clock.now();
      // A reply out of a cache would tell the time it was cached at.
      const headers = { accept: 'application/json', 'cache-control': 'no-cache' };
      const answer = await exchange({ method: 'GET', url, headers, timeoutMs: deadlineMs, signal });
      const dateMs = dateOf(answer);
      clock.learnDate({ sentAt, receivedAt: clock.now(), dateMs });
      return dateMs !== undefined;
    } catch {
      // Nobody there yet; whether that stays so shows with the first push, which says why.
    }
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
  return false;
}
