import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SessionSchema } from '@closewatch/protocol';
import { MovableClock } from '../testing/movable-clock.ts';
import { errorOf, TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const PASSWORD = 'correct horse battery';
let database: TestDatabase;
let api: TestApi;
const clock = new MovableClock();

beforeAll(async () => {
  database = await createTestDatabase();
  const environment = { CLOSEWATCH_ADMIN_USER: 'ada', CLOSEWATCH_ADMIN_PASSWORD: PASSWORD };
  api = await TestApi.start({ databaseUrl: database.url, environment, clock });
});

/** Failures of the test before are forgotten by then. */
beforeEach(() => {
  clock.aheadMs += 61_000;
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

const signIn = (body: unknown) => api.request('POST', '/api/v1/session', { body });
const current = (cookie: string) => api.request('GET', '/api/v1/session', { headers: { cookie } });

describe('signing in', () => {
  it('by name and password opens a session of seven days in a cookie that scripts cannot read', async () => {
    const { status, headers, body } = await signIn({ username: 'ada', password: PASSWORD });
    expect(status).toBe(200);
    const session = SessionSchema.parse(body);
    expect(session).toMatchObject({ username: 'ada', role: 'admin' });
    expect(Date.parse(session.expiresAt) - clock.now()).toBeGreaterThan(6.9 * 86_400_000);
    const [cookie = ''] = headers.getSetCookie();
    expect(cookie).toMatch(/^closewatch_session=[\w-]{43}; Path=\/; Expires=.*; HttpOnly; SameSite=Strict$/);
    expect((await current(cookie.split(';', 1)[0] ?? '')).body).toEqual(body);
  });

  it('by the one-time code works once, and the next code works then', async () => {
    const code = api.currentCode();
    expect((await signIn({ code })).status).toBe(200);
    expect(errorOf(await signIn({ code })).statusCode).toBe(401);
    expect(api.currentCode()).not.toBe(code);
    expect((await signIn({ code: api.currentCode() })).status).toBe(200);
  });

  it('by one code at the same moment works for one', async () => {
    const code = api.currentCode();
    const answers = await Promise.all([signIn({ code }), signIn({ code }), signIn({ code })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
  });

  it.each([
    ['a wrong password', { username: 'ada', password: 'wrong' }],
    ['a wrong name', { username: 'admin', password: PASSWORD }],
    ['a wrong code', { code: 'x'.repeat(32) }],
  ])('with %s is 401, after a wait', async (_case, credentials) => {
    const startedAt = Date.now();
    expect(errorOf(await signIn(credentials)).statusCode).toBe(401);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(250);
  });

  it('is 429 after many failures, for a while, but never by code', async () => {
    await Promise.all(Array.from({ length: 10 }, () => signIn({ username: 'ada', password: 'wrong' })));
    const refused = await signIn({ username: 'ada', password: PASSWORD });
    expect(errorOf(refused).statusCode).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await signIn({ code: api.currentCode() })).status).toBe(200);
    clock.aheadMs += 61_000;
    expect((await signIn({ username: 'ada', password: PASSWORD })).status).toBe(200);
  });

  it.each([[{}], [{ username: 'ada' }], [{ code: '' }], ['text'], [{ username: 'a\0', password: 'b' }]])(
    'with %j is 400 and says why',
    async (body) => {
      const error = errorOf(await signIn(body));
      expect(error.statusCode).toBe(400);
      expect(error.issues.length).toBeGreaterThan(0);
    },
  );
});

describe('a session', () => {
  it('ends by signing out', async () => {
    const cookie = await api.signIn();
    const { status, headers } = await api.request('DELETE', '/api/v1/session', { headers: { cookie } });
    expect(status).toBe(204);
    expect(headers.getSetCookie()[0]).toContain('closewatch_session=; Path=/; Expires=Thu, 01 Jan 1970');
    expect(errorOf(await current(cookie)).statusCode).toBe(401);
  });

  it('ends within two seconds when it is revoked elsewhere', async () => {
    const cookie = await api.signIn();
    expect((await current(cookie)).status).toBe(200);
    await database.query('DELETE FROM session');
    clock.aheadMs += 2_001;
    expect(errorOf(await current(cookie)).statusCode).toBe(401);
  });

  it('ends after seven days, used or not', async () => {
    const cookie = await api.signIn();
    clock.aheadMs += 7 * 86_400_000 + 1_000;
    expect(errorOf(await current(cookie)).statusCode).toBe(401);
  });

  it('is not opened by an invented cookie', async () => {
    const cookie = `closewatch_session=${randomBytes(32).toString('base64url')}`;
    expect(errorOf(await current(cookie)).statusCode).toBe(401);
    expect(errorOf(await current('closewatch_session=')).statusCode).toBe(401);
  });

  it('is kept as a hash only', async () => {
    const cookie = await api.signIn();
    const token = cookie.split('=')[1] ?? '';
    const rows = await database.query("SELECT FROM session WHERE encode(token_sha256, 'escape') LIKE $1", [
      `%${token}%`,
    ]);
    expect(rows).toHaveLength(0);
  });
});

describe('an agent token', () => {
  it('is revoked within two seconds', async () => {
    const headers = { authorization: `Bearer ${api.agentToken}` };
    const push = () => api.request('POST', '/api/v1/snapshots', { body: { protocol: 1 }, headers });
    expect(errorOf(await push()).statusCode).toBe(400);
    await database.query('UPDATE agent_token SET revoked_at = now()');
    clock.aheadMs += 2_001;
    expect(errorOf(await push()).statusCode).toBe(401);
  });
});
