import { type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { PUSH_LIMITS, type PushAnswer } from '@closewatch/protocol';
import { ApiError } from '../errors/api-error.ts';
import { coerceError } from '../errors/coerce-error.ts';
import { errorAnswer } from '../errors/error-answer.ts';
import { readJsonBody } from '../ingest/push-body.ts';
import { type AllowRule } from '../rights/allow.decorator.ts';
import { enforce } from '../rights/rights.guard.ts';
import { type Edge, SNAPSHOTS } from './http-server.ts';
import { PushLog } from './push-log.ts';
import { requestIdOf } from './request-id.ts';

/** What becomes of a push that was let in. */
export interface PushTarget {
  /** Who may push. */
  readonly rule: AllowRule | undefined;
  push(body: unknown, bytes: number): Promise<PushAnswer>;
}

const LIMITS = { bytes: PUSH_LIMITS.bodyBytes, gzip: true };

/**
 * Takes pushes before Fastify and Nest see them, which is most of what a busy server is asked for: the frameworks' way
 * (hooks, middleware, interceptors, headers for browsers) took more time than all that is done with a push. The checks
 * are the same functions in the same order, and so are the answers to what fails. To be called once, after socket.io has
 * attached itself. Anything unusual about a request, such as another content type, goes the long way.
 */
export function openPushLane(server: Server, edge: Edge, target: PushTarget): void {
  const log = new PushLog();
  const listeners = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (isPush(request)) void answer(request, response, edge, target, log);
    else for (const listener of listeners) listener.call(server, request, response);
  });
}

function isPush({ method, url, headers }: IncomingMessage): boolean {
  return method === 'POST' && url === SNAPSHOTS && headers['content-type'] === 'application/json';
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  edge: Edge,
  target: PushTarget,
  log: PushLog,
): Promise<void> {
  const requestId = requestIdOf(request);
  try {
    const refusal = edge.refusalOf(request.headers);
    if (refusal !== undefined) throw ApiError.forbidden(refusal);
    enforce(target.rule, await edge.authenticate(request.headers));
    const { value, bytes } = await readJsonBody(request, LIMITS, edge.startPush());
    send(response, 200, requestId, await target.push(value, bytes));
  } catch (thrown) {
    // Nobody is there any more to be answered.
    if (response.destroyed) return;
    const { body, retryAfterSeconds } = errorAnswer(thrown, requestId);
    log.failed(body.statusCode, requestId, coerceError(thrown));
    send(response, body.statusCode, requestId, body, retryAfterSeconds);
  }
}

function send(
  response: ServerResponse,
  statusCode: number,
  requestId: string,
  body: object,
  retryAfterSeconds?: number,
): void {
  const text = JSON.stringify(body);
  const length = Buffer.byteLength(text);
  const headers = [
    ...['content-type', 'application/json; charset=utf-8', 'content-length', String(length)],
    ...['x-content-type-options', 'nosniff', 'x-request-id', requestId],
  ];
  if (retryAfterSeconds !== undefined) headers.push('retry-after', String(retryAfterSeconds));
  // ASCII, which nearly every answer is, need not be encoded.
  response.writeHead(statusCode, headers).end(text, length === text.length ? 'latin1' : 'utf8');
}
