import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { type Duplex } from 'node:stream';
import { type ErrorAnswer } from '@closewatch/protocol';
import { reasonOf } from '../errors/api-error.ts';
import { type AllowedHosts, foreignRequest } from './allowed-hosts.ts';
import { requestIdOf } from './request-id.ts';

type Listener = (...args: unknown[]) => void;

/**
 * Checks Host and Origin before socket.io sees a handshake, which never reaches Fastify: neither polling requests nor
 * upgrades. To be called once, after socket.io has attached itself.
 */
export function refuseForeignSockets(server: Server, allowed: AllowedHosts): void {
  for (const event of ['request', 'upgrade'] as const) {
    const listeners = server.listeners(event) as Listener[];
    server.removeAllListeners(event);
    server.on(event, (request: IncomingMessage, ...rest: unknown[]) => {
      const refusal = isOurs(request)
        ? foreignRequest({ host: request.headers.host, origin: request.headers.origin }, allowed)
        : undefined;
      if (refusal === undefined) for (const listener of listeners) listener.call(server, request, ...rest);
      else refuse(request, rest[0] as ServerResponse | Duplex, refusal);
    });
  }
}

function isOurs({ url }: IncomingMessage): boolean {
  return url?.startsWith('/socket.io') === true;
}

function refuse(request: IncomingMessage, to: ServerResponse | Duplex, message: string): void {
  const requestId = requestIdOf(request);
  const answer: ErrorAnswer = { statusCode: 403, error: reasonOf(403), message, issues: [], requestId };
  const body = JSON.stringify(answer);
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
    'x-request-id': requestId,
  };
  if (to instanceof ServerResponse) {
    to.writeHead(403, headers).end(body);
    return;
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  to.on('error', () => undefined);
  to.end(['HTTP/1.1 403 Forbidden', ...lines, '', body].join('\r\n'));
}
