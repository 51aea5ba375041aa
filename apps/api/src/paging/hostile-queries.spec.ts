import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ErrorAnswerSchema } from '@closewatch/protocol';
import fc from 'fast-check';
import { buildConnection, buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import {
  buildEvidence,
  buildOrphans,
  buildPorts,
  buildProcess,
  buildProcessTable,
} from '../testing/section-builder.ts';
import { errorOf, TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { encodeCursor } from './page-cursor.ts';

interface Route {
  readonly path: string;
  readonly parameters: readonly string[];
}

const ANSWER_LIMIT_MS = 5_000;
const now = Date.now();
const push = buildPush({
  snapshots: [
    buildSnapshot({ takenAt: iso(now), connections: [buildConnection('socket-aaaa', now)] }),
    buildSnapshot({
      ...{ takenAt: iso(now - 1_000), netns: 3, namespace: { inode: 1, name: 'shop' } },
      ...{ evidence: [buildEvidence(buildProcess(1))], orphans: buildOrphans(1), ports: buildPorts(1) },
      ...{ processes: buildProcessTable([buildProcess(1)]), kernel: { counters: { TW: 1 } } },
      events: [{ at: iso(now), kind: 'started', after: 'crash' }],
    }),
  ],
});

let database: TestDatabase;
let api: TestApi;
let cookie: string;
let routes: Route[];

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url });
  cookie = await api.signIn();
  await api.pushed(push);
  routes = await describedRoutes();
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

/** Every GET route that the interface describes, so that a new one is in the test by itself. */
async function describedRoutes(): Promise<Route[]> {
  type Operations = Record<string, { parameters?: { name: string; in: string }[] }>;
  const { body } = await api.request<{ paths: Record<string, Operations> }>('GET', '/api/docs-json');
  return Object.entries(body.paths).flatMap(([path, { get }]) => {
    if (get === undefined) return [];
    const query = (get.parameters ?? []).filter((parameter) => parameter.in === 'query');
    return [{ path, parameters: query.map(({ name }) => name) }];
  });
}

function get(path: string) {
  return api.request('GET', path, { headers: { cookie } });
}

/** Values that some layer below might stumble over: the parser, the calendar, the grid of time, the database. */
const nasty = fc.constantFrom<unknown>(
  '',
  '\0',
  'a\0b',
  '\ud800',
  '𝕏'.repeat(80),
  "'; DROP TABLE host; --",
  '%',
  '%00',
  '__proto__',
  'NaN',
  'Infinity',
  '-0',
  '-1',
  '0',
  '1',
  '2000',
  '1e308',
  '0x7fffffff',
  '2147483647',
  '2147483648',
  '9007199254740993',
  '1.5',
  'close_wait',
  0,
  -1,
  2_147_483_648,
  1e300,
  null,
  true,
  {},
  [],
);
const text = fc.oneof(
  nasty.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const instant = fc.constantFrom(
  '1969-12-31T23:59:59Z',
  '1970-01-01T00:00:00Z',
  '1970-01-01T00:00:00.001Z',
  '2026-01-01T00:00:00.000Z',
  '2026-02-30T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '+275760-09-13T00:00:00Z',
  iso(now),
);
/** Cursors that look like ours, with anything inside, and others. */
const cursor = fc.oneof(
  fc.array(fc.oneof(nasty, instant), { maxLength: 3 }).map((place) => encodeCursor(place as string[])),
  text,
);
const address = fc.oneof(
  fc.tuple(fc.ipV4(), fc.constantFrom('', '/0', '/8', '/32', '/33')).map((parts) => parts.join('')),
  fc.tuple(fc.ipV6(), fc.constantFrom('', '/0', '/96', '/128', '/129')).map((parts) => parts.join('')),
  fc.constantFrom('::ffff:10.0.0.0/104', '::ffff:0:0/96', 'fe80::1%eth0', '[::1]'),
);
/** Values that at least look like what the parameter is, or else nothing would get past the parser. */
const plausible: Readonly<Record<string, fc.Arbitrary<string>>> = {
  cursor,
  at: instant,
  from: instant,
  to: instant,
  seenSince: instant,
  a: instant,
  b: instant,
  until: instant,
  by: fc.constantFrom('process', 'peer', 'port'),
  groupBy: fc.constantFrom('process', 'peer', 'port'),
  groups: fc.integer({ min: 1, max: 50 }).map(String),
  change: fc.constantFrom('appeared', 'vanished'),
  peer: address,
  local: address,
  port: fc.constantFrom('0', '443', '65535'),
  peerPort: fc.constantFrom('0', '443', '65535'),
  localPort: fc.constantFrom('0', '443', '65535'),
  process: fc.constantFrom('java', '4711', '%', "'", '\\', '{}', '"'),
  host: fc.constantFrom('web-1', push.agentId, '%', '\\'),
  open: fc.constantFrom('true', 'false'),
  format: fc.constantFrom('json', 'csv'),
  netns: fc.constantFrom('0', '3', '2147483647'),
  points: fc.integer({ min: 1, max: 2_000 }).map(String),
};
const query = (parameters: readonly string[]) =>
  fc.array(
    fc
      .constantFrom(...parameters)
      .chain((name) => fc.tuple(fc.constant(name), fc.oneof(plausible[name] ?? text, plausible[name] ?? text, text))),
    { maxLength: 5 },
  );

describe('hostile query parameters', () => {
  it('of any GET route are answered at once, and never with a 5xx', async () => {
    expect(routes.flatMap(({ parameters }) => parameters).sort()).toEqual(
      expect.arrayContaining(['at', 'cursor', 'from', 'limit', 'netns', 'points', 'seenSince', 'state', 'to']),
    );
    const request = fc
      .constantFrom(...routes)
      .chain((route) =>
        fc.tuple(
          fc.constant(route.path),
          fc.oneof({ weight: 9, arbitrary: fc.constant(push.agentId) }, { weight: 1, arbitrary: text }),
          route.parameters.length === 0 ? fc.constant([]) : query(route.parameters),
        ),
      );
    await fc.assert(
      fc.asyncProperty(request, async ([path, id, pairs]) => {
        // Half a surrogate pair has no percent-encoding at all.
        const encoded = (value: string): string => encodeURIComponent(value.toWellFormed());
        const filled = path.replace('{id}', encoded(id) || 'none');
        const search = pairs.map(([name, value]) => `${name}=${encoded(value)}`).join('&');
        const askedAt = performance.now();
        const { status, body } = await get(`${filled}?${search}`);
        expect(performance.now() - askedAt).toBeLessThan(ANSWER_LIMIT_MS);
        expect(status).toBeLessThan(500);
        if (status >= 400) ErrorAnswerSchema.parse(body);
      }),
      { numRuns: 600 },
    );
  });

  it.each([
    ['a NUL', ['web\0', 1]],
    ['an integer that no column takes', ['web-1', 2_147_483_648]],
    ['a negative integer', ['web-1', -1]],
    ['a name that is too long', ['x'.repeat(300), 1]],
  ])('with %s in the cursor of hosts is 400', async (_what, place) => {
    const answer = await get(`/api/v1/hosts?cursor=${encodeCursor(place)}`);
    expect(errorOf(answer)).toMatchObject({ statusCode: 400, issues: [{ path: 'cursor' }] });
  });

  it.each([
    ['a NUL', ['0\0']],
    ['an integer that no column takes', [2_147_483_648]],
    ['a negative integer', [-1]],
  ])('with %s in the cursor of namespaces is 400', async (_what, place) => {
    const answer = await get(`/api/v1/hosts/${push.agentId}/namespaces?cursor=${encodeCursor(place)}`);
    expect(errorOf(answer)).toMatchObject({ statusCode: 400, issues: [{ path: 'cursor' }] });
  });

  it.each([
    ['a NUL', [iso(now), 'started\0', push.runId]],
    ['what is no digest', [iso(now), 'started', 'x']],
    ['what is no instant', ['yesterday', 'started', push.runId]],
  ])('with %s in the cursor of events is 400', async (_what, place) => {
    const answer = await get(`/api/v1/hosts/${push.agentId}/events?cursor=${encodeCursor(place)}`);
    expect(errorOf(answer)).toMatchObject({ statusCode: 400, issues: [{ path: 'cursor' }] });
  });

  it.each([
    ['no JSON', [1, '{']],
    ['JSON that is no subject', [1, '7']],
    ['a number beyond all', [1, '{"side":"peer","port":1e999999}']],
    ['JSON with a NUL', [1, JSON.stringify({ address: '\0' })]],
    ['half a surrogate pair', [1, '{"address":"\\ud800"}']],
    ['a count that no column takes', [2_147_483_648, '{}']],
  ])('with %s in the cursor of groups is 400', async (_what, place) => {
    const path = `/api/v1/hosts/${push.agentId}/connections/groups?by=peer&cursor=${encodeCursor(place)}`;
    expect(errorOf(await get(path))).toMatchObject({ statusCode: 400, issues: [{ path: 'cursor' }] });
  });

  it.each([
    ['a NUL', [iso(now), 1, 'socket\0']],
    ['a host that no column takes', [iso(now), 2_147_483_648, 'socket-aaaa']],
    ['what is no instant', ['yesterday', 1, 'socket-aaaa']],
  ])('with %s in the cursor of a search is 400', async (_what, place) => {
    const answer = await get(`/api/v1/connections?cursor=${encodeCursor(place)}`);
    expect(errorOf(answer)).toMatchObject({ statusCode: 400, issues: [{ path: 'cursor' }] });
  });

  it.each([
    ['a NUL', [iso(now), 'socket\0', 0, 0, 0]],
    ['a negative number', [iso(now), 'socket-aaaa', 0, -1, 0]],
  ])('with %s in the cursor of a difference is 400', async (_what, place) => {
    const path = `/api/v1/hosts/${push.agentId}/connections/diff?a=${iso(now)}&cursor=${encodeCursor(place)}`;
    expect(errorOf(await get(path))).toMatchObject({ statusCode: 400, issues: [{ path: 'cursor' }] });
  });

  it.each([
    ['a NUL', [iso(now), 'socket\0']],
    ['what is no socket', [iso(now), 'x']],
    ['what is no instant', ['yesterday', 'socket-aaaa']],
  ])('with %s in the cursor of connections is 400', async (_what, place) => {
    const answer = await get(`/api/v1/hosts/${push.agentId}/connections?cursor=${encodeCursor(place)}`);
    expect(errorOf(answer)).toMatchObject({ statusCode: 400, issues: [{ path: 'cursor' }] });
  });
});
