import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';
import { ErrorAnswerSchema } from '@closewatch/protocol';
import { LiveGateway } from '../live/live.gateway.ts';
import { rawRequest } from '../testing/raw-request.ts';
import { errorOf, TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { ALLOW_RULE, type AllowRule } from './allow.decorator.ts';
import { enforce } from './rights.guard.ts';

/** Everything that somebody unknown may ask for. A new public route belongs here, by decision. */
const PUBLIC = [
  'GET /*',
  'GET /api/docs',
  'GET /api/docs-json',
  'GET /api/docs/',
  'GET /api/docs/*',
  'GET /api/docs/LICENSE',
  'GET /api/docs/docs/swagger-ui-init.js',
  'GET /api/docs/index.html',
  'GET /api/docs/swagger-ui-init.js',
  'GET /health/live',
  'GET /health/ready',
  'POST /api/v1/session',
];

/** What agents ask for, and scripts in their stead. */
const AGENTS = ['POST /api/v1/snapshots', 'POST /api/v1/ingest/text'];

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url });
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

/** Every route of the running server, `GET /api/v1/hosts/:id`, as its router prints them. */
function routes(): string[] {
  const tree: string = api.app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false });
  const path: string[] = [];
  const found: string[] = [];
  for (const line of tree.split('\n')) {
    const [, indent, text, methods] = /^([\s│├└─]*)(.*?) \(([A-Z, ]+)\)$/.exec(line) ?? [];
    if (indent === undefined || text === undefined || methods === undefined) continue;
    path.length = indent.length / 4 - 1;
    path.push(text);
    for (const method of methods.split(', '))
      if (method !== 'HEAD') found.push(`${method} ${path.join('').replace(/^\/?/, '/')}`);
  }
  return found;
}

describe('every route', () => {
  it('is found in the router', () => {
    expect(routes()).toEqual(expect.arrayContaining([...AGENTS, 'GET /api/v1/hosts/:id/states', ...PUBLIC]));
  });

  it('that is not public denies nobody, in the shape of errors', async () => {
    const closed = routes().filter((route) => !PUBLIC.includes(route));
    expect(closed.length).toBeGreaterThanOrEqual(7);
    for (const route of closed) {
      const [method = '', path = ''] = route.split(' ');
      const answer = await api.request(method, path.replace(':id', '9aea92db-9030-4be5-a3e6-3b140e22073e'));
      expect({ route, error: errorOf(answer).statusCode }).toEqual({ route, error: 401 });
    }
  });

  it('for people denies an agent', async () => {
    const people = routes().filter((route) => !PUBLIC.includes(route) && !AGENTS.includes(route));
    for (const route of people) {
      const [method = '', path = ''] = route.split(' ');
      const headers = { authorization: `Bearer ${api.agentToken}` };
      const answer = await api.request(method, path.replace(':id', '9aea92db-9030-4be5-a3e6-3b140e22073e'), {
        headers,
      });
      expect({ route, error: errorOf(answer).statusCode }).toEqual({ route, error: 403 });
    }
  });

  it.each([
    ['Host', { host: 'evil.example' }],
    ['Origin', { origin: 'https://evil.example' }],
  ])('refuses a foreign %s, public or not', async (_header, headers: Record<string, string>) => {
    for (const route of routes()) {
      const [method = '', path = ''] = route.split(' ');
      const { status, body } = await rawRequest(api.url + path.replace('*', 'x'), { method, headers });
      expect({ route, status }).toEqual({ route, status: 403 });
      if (method !== 'HEAD') expect(ErrorAnswerSchema.parse(JSON.parse(body)).statusCode).toBe(403);
    }
  });
});

describe('every socket event', () => {
  it('has a rule that denies nobody and agents', () => {
    const gateway = api.app.get(LiveGateway);
    const handlers = new MetadataScanner()
      .getAllMethodNames(Object.getPrototypeOf(gateway) as object)
      .map((name) => Reflect.get(gateway, name) as (...args: unknown[]) => unknown)
      .filter((method) => Reflect.hasMetadata('websockets:message_mapping', method));
    expect(handlers).toHaveLength(5);
    for (const handler of handlers) {
      const rule = new Reflector().get<AllowRule | undefined>(ALLOW_RULE, handler);
      expect(() => enforce(rule, undefined)).toThrow('Sign in');
      expect(() => enforce(rule, { kind: 'agent', tokenId: 1, name: 'a' })).toThrow('may not');
    }
  });

  it('is in the one gateway that there is', () => {
    const gateways = [...api.app.get(ModulesContainer).values()]
      .flatMap(({ providers }) => [...providers.values()])
      .filter(
        ({ metatype }) => typeof metatype === 'function' && Reflect.hasMetadata('websockets:is_gateway', metatype),
      );
    expect(gateways.map(({ name }) => String(name))).toEqual(['LiveGateway']);
  });
});

describe('what has no rule', () => {
  it('is denied to everybody', () => {
    expect(() => enforce(undefined, undefined)).toThrow('Sign in');
    const person = { kind: 'person', username: 'a', role: 'admin', expiresAt: 0, session: '' } as const;
    expect(() => enforce(undefined, person)).toThrow('may not');
  });
});
