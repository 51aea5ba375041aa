import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Incident, IncidentDetailsSchema, IncidentSchema, type Page } from '@closewatch/protocol';
import { DataSource } from 'typeorm';
import { encodeCursor } from '../paging/page-cursor.ts';
import { readCsv } from '../testing/csv-reader.ts';
import { buildIncident } from '../testing/incident-builder.ts';
import { openedIncidents } from '../testing/incident-desk.ts';
import { buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { errorOf, TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const NOW = Math.floor(Date.now() / 1_000) * 1_000;
const MINUTE_MS = 60_000;
const webs = buildPush({ snapshots: [buildSnapshot({ takenAt: iso(NOW - 1_000) })] });
const shop = buildPush({
  agent: { ...webs.agent, hostname: 'shop-1' },
  snapshots: [buildSnapshot({ takenAt: iso(NOW - 1_000) })],
});

let database: TestDatabase;
let api: TestApi;
let cookie: string;
let dataSource: DataSource;
let web1: number;
let shop1: number;

const hostNumber = async (agentId: string): Promise<number> => {
  const [row] = await database.query<{ id: number }>('SELECT host_id AS id FROM host WHERE agent_id = $1', [agentId]);
  return row?.id ?? 0;
};
const list = (query = '') => api.read<Page<Incident>>(cookie, `/api/v1/incidents${query}`);
const idsOf = async (query = '') => (await list(query)).items.map(({ id }) => id);

const leak = (host: () => number, minutesAgo: number, port: number) =>
  buildIncident(host(), NOW - minutesAgo * MINUTE_MS, { port, service: `service-${port}` });
/** The newest first. */
let incidents: ReturnType<typeof leak>[];

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url });
  cookie = await api.signIn();
  dataSource = api.app.get(DataSource);
  for (const push of [webs, shop]) await api.pushed(push);
  [web1, shop1] = [await hostNumber(webs.agentId), await hostNumber(shop.agentId)];
  incidents = [
    leak(() => web1, 1, 81),
    { ...leak(() => shop1, 2, 82), severity: 'critical' as const },
    { ...leak(() => web1, 3, 83), rule: 'ports' as const, finding: null },
    { ...leak(() => web1, 60, 84), resolvedAt: NOW - 30 * MINUTE_MS, resolvedAs: 'recovered' as const },
  ];
  await openedIncidents(dataSource, incidents);
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

describe('GET /api/v1/incidents', () => {
  it('lists them the newest first, with their hosts', async () => {
    const { items, nextCursor } = await list();
    expect(nextCursor).toBeNull();
    expect(items.map(({ id }) => id)).toEqual(incidents.map(({ id }) => id));
    const [first, second] = items.map((item) => IncidentSchema.parse(item));
    expect(first).toMatchObject({ hostId: webs.agentId, hostname: 'web-1', state: 'open', version: 0, children: 0 });
    expect(first).toMatchObject({ peak: { figure: 'leaked', value: 12 }, subject: { of: 'leak' } });
    expect(second).toMatchObject({ hostname: 'shop-1', severity: 'critical' });
  });

  it.each([
    ['?state=open', [0, 1, 2]],
    ['?state=resolved', [3]],
    ['?state=all&severity=critical', [1]],
    ['?rule=ports', [2]],
    ['?host=SHOP-1', [1]],
    ['?host=nowhere', []],
    ['?service=service-84', [3]],
    [`?from=${iso(NOW - 2.5 * MINUTE_MS)}`, [0, 1, 2]],
    [`?from=${iso(NOW - 40 * MINUTE_MS)}&to=${iso(NOW - 35 * MINUTE_MS)}`, [3]],
    [`?to=${iso(NOW - 61 * MINUTE_MS)}`, []],
  ])('with %s lists just those', async (query, expected) => {
    expect(await idsOf(query)).toEqual(expected.map((index) => incidents[index]?.id));
  });

  it('is read page by page without a gap', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: Page<Incident> = await list(`?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`);
      expect(page.items.length).toBeLessThanOrEqual(1);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(incidents.map(({ id }) => id));
  });

  it('is CSV too', async () => {
    const { body, headers } = await api.request<string>('GET', '/api/v1/incidents?format=csv', { headers: { cookie } });
    expect(headers.get('content-disposition')).toContain('closewatch-incidents-');
    const [header = [], ...rows] = readCsv(body);
    const cell = (row: readonly string[] | undefined, column: string) => row?.[header.indexOf(column)];
    expect(rows.map((row) => cell(row, 'id'))).toEqual(incidents.map(({ id }) => id));
    const names = ['verdict', 'leaked_connections', 'resolved_at'];
    expect(names.map((name) => cell(rows[0], name))).toEqual(['code_leak', '12', '']);
  });

  it.each([
    ['?cursor=nonsense', 'cursor'],
    [`?cursor=${encodeCursor(['2026-01-01T00:00:00Z', 'x'])}`, 'cursor'],
    ['?state=closed', 'state'],
    ['?rule=close_wait', 'rule'],
    ['?severity=fatal', 'severity'],
    ['?host=', 'host'],
    ['?service=%00', 'service'],
    ['?limit=0', 'limit'],
    ['?limit=1001', 'limit'],
    [`?from=${iso(NOW + 3_600_000)}`, 'from'],
    [`?from=${iso(NOW)}&to=${iso(NOW - 1)}`, 'from'],
    ['?from=yesterday', 'from'],
  ])('refuses %s', async (query, path) => {
    const answer = await api.request('GET', `/api/v1/incidents${query}`, { headers: { cookie } });
    const { statusCode, issues } = errorOf(answer);
    expect({ statusCode, paths: issues.map((issue) => issue.path) }).toEqual({ statusCode: 400, paths: [path] });
  });
});

describe('GET /api/v1/incidents/:id', () => {
  const details = async (id: string) => IncidentDetailsSchema.parse(await api.read(cookie, `/api/v1/incidents/${id}`));

  it('tells the timeline of one', async () => {
    const { events, evidence, similar } = await details(incidents[0]?.id ?? '');
    expect(events).toEqual([
      {
        ...{ number: 0, at: iso(NOW - MINUTE_MS), kind: 'opened', by: null, text: null },
        content: { severity: 'warning' },
      },
    ]);
    expect({ evidence, similar }).toEqual({ evidence: [], similar: [] });
  });

  it('finds those of the same service and rule, then those of the same cause at the same endpoint', async () => {
    const build = (host: number, minutesAgo: number, service: string, overrides = {}) =>
      buildIncident(host, NOW - minutesAgo * MINUTE_MS, {
        ...{ port: 90, service, resolvedAt: NOW - 60_000, resolvedAs: 'restart' as const },
        ...overrides,
      });
    const one = build(web1, 100, 'basket');
    const other = build(shop1, 300, 'payment');
    const stopped = { ...build(shop1, 50, 'payment'), finding: { ...one.finding!, verdict: 'stopped' as const } };
    const elsewhere = build(shop1, 50, 'payment', { port: 91 });
    const same = [build(shop1, 200, 'basket', { port: 92 }), build(web1, 150, 'basket')];
    const ports = build(web1, 10, 'basket', { rule: 'ports', subject: { of: 'host' } });
    await openedIncidents(dataSource, [one, other, stopped, elsewhere, ...same, ports]);
    const { similar } = await details(one.id);
    expect(similar.map(({ id }) => id)).toEqual([same[1]?.id, same[0]?.id, other.id]);
  });

  it('counts its parts and names what it is a part of', async () => {
    const starved = buildIncident(web1, NOW, { rule: 'host_starved', key: 'host', subject: { of: 'host' } });
    const part = buildIncident(web1, NOW, { port: 93, parentId: starved.id });
    await openedIncidents(dataSource, [starved, part]);
    expect((await details(starved.id)).children).toBe(1);
    expect(await details(part.id)).toMatchObject({ parentId: starved.id, children: 0 });
  });

  it('tells what changed in the two hours before it began, on its host or on all', async () => {
    const incident = buildIncident(web1, NOW - 10 * MINUTE_MS, { port: 94, beganAt: NOW - 15 * MINUTE_MS });
    await openedIncidents(dataSource, [incident]);
    const restarted = {
      ...{ at: iso(NOW - 19 * MINUTE_MS), kind: 'service_restarted', replaced: true },
      process: { pid: 7, startedAt: iso(NOW), executable: '/srv/checkout', unit: 'checkout-service.service' },
      before: { pid: 6, startedAt: iso(NOW - 86_400_000) },
    };
    await api.pushed({
      ...webs,
      snapshots: [buildSnapshot({ seq: 1, takenAt: iso(NOW), events: [restarted as never] })],
    });
    const say = (minutesAgo: number, hostId: number | null, text: string) =>
      database.query(
        `INSERT INTO annotation (annotation_id, happened_at, kind, host_id, text, source) VALUES ($1, $2, 'config', $3, $4, 'script')`,
        [randomUUID(), iso(NOW - minutesAgo * MINUTE_MS), hostId, text],
      );
    await say(30, null, 'Everywhere');
    await say(25, web1, 'Here');
    await say(25, shop1, 'Elsewhere');
    await say(15 + 121, web1, 'Long before');
    const { changes } = await details(incident.id);
    expect(changes.map(({ text, service, kind, hostname }) => [text, service, kind, hostname])).toEqual([
      ['Everywhere', null, 'config', null],
      ['Here', null, 'config', 'web-1'],
      ['', 'checkout-service', 'deploy', 'web-1'],
    ]);
  });

  it('does not know an incident that there is not', async () => {
    const unknown = await api.request('GET', `/api/v1/incidents/${randomUUID()}`, { headers: { cookie } });
    expect(errorOf(unknown).statusCode).toBe(404);
    const noId = await api.request('GET', '/api/v1/incidents/first', { headers: { cookie } });
    expect(errorOf(noId).statusCode).toBe(400);
  });
});
