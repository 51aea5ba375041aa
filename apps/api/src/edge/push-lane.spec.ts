import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ErrorAnswer, PUSH_LIMITS } from '@closewatch/protocol';
import { buildPush } from '../testing/push-builder.ts';
import { rawRequest } from '../testing/raw-request.ts';
import { errorOf, TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const PATH = '/api/v1/snapshots';

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

/** The same push in both ways: quickly, and past the frameworks because its type says more than it must. */
async function bothWays(headers: Record<string, string>, body: unknown = buildPush()) {
  const types = ['application/json', 'application/json; charset=utf-8'];
  return Promise.all(
    types.map((type) =>
      api.request<ErrorAnswer>('POST', PATH, { headers: { ...headers, 'content-type': type }, body }),
    ),
  );
}

const bearer = () => ({ authorization: `Bearer ${api.agentToken}` });

describe('a push', () => {
  it('is answered under the id that it came with', async () => {
    for (const { status, headers } of await bothWays({ ...bearer(), 'x-request-id': 'from-a-proxy' })) {
      expect(status).toBe(200);
      expect(headers.get('x-request-id')).toBe('from-a-proxy');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it.each<[string, () => Record<string, string> | Promise<Record<string, string>>, unknown, number]>([
    ['without a token', () => ({}), undefined, 401],
    ['with a token that nobody knows', () => ({ authorization: 'Bearer nobody-knows-this-one' }), undefined, 401],
    ['of a person', async () => ({ cookie: await api.signIn() }), undefined, 403],
    ['that is no JSON', bearer, '{"protocol":', 400],
    ['that is no push', bearer, '{"protocol":1}', 400],
    ['of another version', bearer, '{"protocol":2}', 426],
    ['that is too large', bearer, ' '.repeat(PUSH_LIMITS.bodyBytes + 1), 413],
    ['packed in a way we do not know', () => ({ ...bearer(), 'content-encoding': 'br' }), '{}', 415],
    ['that is not packed as it says', () => ({ ...bearer(), 'content-encoding': 'gzip' }), '{}', 400],
  ])('%s is refused as everywhere', async (_what, headers, body, status) => {
    const [quick, long] = await bothWays({ ...(await headers()), 'x-request-id': 'same' }, body ?? buildPush());
    if (quick === undefined || long === undefined) throw new Error('Nothing was answered.');
    expect(errorOf(quick)).toEqual(errorOf(long));
    expect(quick.status).toBe(status);
    expect(quick.headers.get('content-type')).toBe(long.headers.get('content-type'));
  });

  it.each([
    ['Host', { host: 'evil.example' }],
    ['Origin', { origin: 'https://evil.example' }],
  ])('under a foreign %s is refused, and again, however many came before', async (_header, foreign) => {
    const headers = { ...bearer(), 'content-type': 'application/json', ...foreign };
    for (let time = 0; time < 3; time++) {
      expect((await api.push(buildPush())).status).toBe(200);
      expect((await rawRequest(api.url + PATH, { method: 'POST', headers })).status).toBe(403);
    }
  });
});
