import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Push, type StateSeries, StateSeriesSchema } from '@closewatch/protocol';
import { buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { errorOf, TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

/** A whole minute some time ago, on the grid of every step that divides a minute. */
const START = Math.floor(Date.now() / 60_000) * 60_000 - 1_800_000;
let database: TestDatabase;
let api: TestApi;
let cookie: string;
let push: Push;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url });
  cookie = await api.signIn();
  const sample = (second: number, established: number | null, netns = 0) =>
    buildSnapshot({
      seq: second,
      netns,
      takenAt: iso(START + second * 1_000),
      counts: { established, listen: 0, time_wait: null } as never,
    });
  push = buildPush({
    snapshots: [
      ...[0, 5, 10, 15].map((second) => sample(second, second)),
      // Nothing from 20 to 39 s.
      ...[40, 45, 50, 55].map((second) => sample(second, second)),
      sample(2, 1_000, 7),
    ],
  });
  await api.pushed(push);
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

function states(query: string, id = push.agentId): Promise<StateSeries> {
  return api
    .read<StateSeries>(cookie, `/api/v1/hosts/${id}/states${query}`)
    .then((body) => StateSeriesSchema.parse(body));
}

const range = `from=${iso(START)}&to=${iso(START + 59_000)}`;

describe('GET /hosts/:id/states', () => {
  it('answers least, mean and greatest of each step, and null where nothing was sampled', async () => {
    const { stepMs, t, series } = await states(`?${range}&points=3`);
    expect(stepMs).toBe(20_000);
    expect(t).toEqual([START, START + 20_000, START + 40_000]);
    expect(series.established).toEqual({ min: [0, null, 40], avg: [7.5, null, 47.5], max: [15, null, 55] });
  });

  it('tells a count of zero from none', async () => {
    const { series } = await states(`?${range}&points=3`);
    expect(series.listen.max).toEqual([0, null, 0]);
    expect(series.time_wait.max).toEqual([null, null, null]);
  });

  it('has no step shorter than the sampling interval, however many points are asked for', async () => {
    const { stepMs, t } = await states(`?${range}&points=2000`);
    expect(stepMs).toBeGreaterThanOrEqual(5_000);
    expect(t.length).toBeLessThanOrEqual(12);
  });

  it('shows another namespace when asked', async () => {
    const { series } = await states(`?${range}&points=3&netns=7`);
    expect(series.established.max).toEqual([1_000, null, null]);
  });

  it('shows the last hour unless told otherwise', async () => {
    const { from, to, t } = await states('');
    expect(Date.parse(to) - Date.parse(from)).toBe(3_600_000);
    expect(t.length).toBeLessThanOrEqual(300);
  });

  it.each([
    ['from', `?from=yesterday`],
    ['from', `?from=${iso(START)}&to=${iso(START)}`],
    ['points', '?points=0'],
    ['points', '?points=2001'],
    ['netns', '?netns=-1'],
  ])('is 400 for a bad %s', async (path, query) => {
    const answer = await api.request('GET', `/api/v1/hosts/${push.agentId}/states${query}`, { headers: { cookie } });
    expect(errorOf(answer)).toMatchObject({ statusCode: 400, issues: [{ path }] });
  });

  it('is 404 for an unknown host and 400 for what is no id', async () => {
    const unknown = '9aea92db-9030-4be5-a3e6-3b140e22073e';
    const path = (id: string) => `/api/v1/hosts/${id}/states`;
    expect(errorOf(await api.request('GET', path(unknown), { headers: { cookie } })).statusCode).toBe(404);
    expect(errorOf(await api.request('GET', path('web-1'), { headers: { cookie } }))).toMatchObject({
      statusCode: 400,
      issues: [{ path: 'id' }],
    });
  });
});

describe('the lists', () => {
  it('page hosts by name without loss, and refuse an invented cursor', async () => {
    for (const hostname of ['b', 'a', 'c']) {
      const { agent, ...rest } = buildPush();
      await api.pushed({ ...rest, agent: { ...agent, hostname } });
    }
    const names: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const path = `/api/v1/hosts?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const page: { items: { hostname: string }[]; nextCursor: string | null } = await api.read(cookie, path);
      names.push(...page.items.map(({ hostname }) => hostname));
      cursor = page.nextCursor;
    }
    expect(names).toEqual(['a', 'b', 'c', 'web-1']);
    const bad = await api.request('GET', '/api/v1/hosts?cursor=bm9uc2Vuc2U', { headers: { cookie } });
    expect(errorOf(bad)).toMatchObject({ statusCode: 400, issues: [{ path: 'cursor' }] });
  });

  it('have connections in CLOSE_WAIT only', async () => {
    const path = `/api/v1/hosts/${push.agentId}/connections?state=established`;
    const answer = await api.request('GET', path, { headers: { cookie } });
    expect(errorOf(answer)).toMatchObject({ statusCode: 400, issues: [{ path: 'state' }] });
  });
});
