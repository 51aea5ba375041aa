import { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import fastifyHelmet from '@fastify/helmet';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { PUSH_LIMITS } from '@closewatch/protocol';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { ApiError } from '../errors/api-error.ts';
import { type BodyCount, readJsonBody } from '../ingest/push-body.ts';
import { readTextBody } from '../ingest/text-body.ts';
import { type AllowRouteConfig } from '../rights/allow.decorator.ts';
import { type Principal } from '../rights/principal.ts';
import { enforce } from '../rights/rights.guard.ts';
import { contentSecurity } from './content-security.ts';
import { requestIdOf } from './request-id.ts';

export const SNAPSHOTS = '/api/v1/snapshots';
const TEXT = '/api/v1/ingest/text';
const SMALL_BODY_BYTES = 64 * 1024;
const REQUEST_TIMEOUT_MS = 60_000;

declare module 'fastify' {
  interface FastifyRequest {
    /** Bytes of the body's JSON text, unpacked; 0 without a body. */
    bodyBytes: number;
  }
}

export interface Edge {
  /** Why a request is refused by where it comes from, or undefined. */
  readonly refusalOf: (headers: IncomingHttpHeaders) => string | undefined;
  readonly authenticate: (headers: IncomingHttpHeaders) => Promise<Principal | undefined>;
  /** Counts the body of a push while it is read. Throws while no more of them are taken, and so does the count. */
  readonly startPush: () => BodyCount;
}

/**
 * Fastify with everything that happens before Nest: request ids, Host and Origin, who it is and whether they may, all
 * before a body is read, and then how bodies are read. `edge` is asked for with each request: it comes with the app.
 */
export function createHttpServer(edge: () => Edge): FastifyAdapter {
  const adapter = new FastifyAdapter({
    genReqId: requestIdOf,
    return503OnClosing: false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    bodyLimit: PUSH_LIMITS.bodyBytes,
    routerOptions: { maxParamLength: 500 },
  });
  const fastify = adapter.getInstance();
  fastify.decorateRequest('principal', undefined);
  fastify.decorateRequest('bodyBytes', 0);
  readBodies(fastify, edge);
  // Helmet first, so that refusals carry its headers too.
  void fastify.register(fastifyHelmet, contentSecurity);
  void fastify.register(withoutOwnContext((instance) => addEdgeHooks(instance, edge)));
  return adapter;
}

function addEdgeHooks(fastify: FastifyInstance, edge: () => Edge): void {
  fastify.addHook('onRequest', async (request, reply) => {
    Object.assign(request.raw, { id: request.id });
    void reply.header('x-request-id', request.id);
    const refusal = edge().refusalOf(request.headers);
    if (refusal !== undefined) throw ApiError.forbidden(refusal);
    const { allow } = request.routeOptions.config as AllowRouteConfig;
    if (allow === undefined || allow === 'everybody') return;
    request.principal = await edge().authenticate(request.headers);
    enforce(allow, request.principal);
  });
  // Fastify closes the connection of a body that it refused. Closed while the client still sends, it is reset, and the
  // answer that says why is lost on the way. Left open, the rest is read and dropped, within the request's time.
  fastify.addHook('onSend', async (_request, reply) => {
    if (reply.statusCode >= 400) reply.removeHeader('connection');
  });
}

function readBodies(fastify: FastifyInstance, edge: () => Edge): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', async (request: FastifyRequest, payload: IncomingMessage) => {
    const path = request.url.split('?', 1)[0];
    if (path === TEXT) return readText(request, payload);
    const isPush = path === SNAPSHOTS;
    const limits = { bytes: isPush ? PUSH_LIMITS.bodyBytes : SMALL_BODY_BYTES, gzip: isPush };
    const { value, bytes } = await readJsonBody(payload, limits, isPush ? edge().startPush() : undefined);
    request.bodyBytes = bytes;
    return value;
  });
  // Text may claim to be anything: curl calls what it sends a form.
  fastify.addContentTypeParser('*', async (request: FastifyRequest, payload: IncomingMessage) => {
    if (request.url.split('?', 1)[0] === TEXT) return readText(request, payload);
    payload.resume();
    throw new ApiError(415, 'Unsupported Media Type', 'Content-Type must be application/json.', [
      { path: 'content-type', message: `is ${request.headers['content-type'] ?? 'not given'}` },
    ]);
  });
}

async function readText(request: FastifyRequest, payload: IncomingMessage) {
  const body = await readTextBody(payload);
  request.bodyBytes = body.bytes;
  return body;
}

/** A plugin whose hooks count for the whole server, as fastify-plugin does it. */
function withoutOwnContext(plugin: (instance: FastifyInstance) => void) {
  const wrapped = (instance: FastifyInstance, _options: unknown, done: () => void): void => {
    plugin(instance);
    done();
  };
  return Object.assign(wrapped, { [Symbol.for('skip-override')]: true });
}
