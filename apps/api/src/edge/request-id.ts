import { randomUUID } from 'node:crypto';
import { type IncomingMessage } from 'node:http';

/** The id that a proxy gave the request, if it is harmless in a log, else a new one. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w-]{1,64}$/.test(given) ? given : randomUUID();
}
