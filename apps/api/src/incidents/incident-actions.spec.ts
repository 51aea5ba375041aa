import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { IncidentDetailsSchema } from '@closewatch/protocol';
import { DataSource } from 'typeorm';
import { buildIncident } from '../testing/incident-builder.ts';
import { IncidentDesk, openedIncidents } from '../testing/incident-desk.ts';
import { buildPush } from '../testing/push-builder.ts';
import { errorOf, TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { openIncidents, updateIncidents } from './incident-store.queries.ts';
import { IncidentsFeed } from './incidents-feed.ts';

const NOW = Date.now();

let database: TestDatabase;
let api: TestApi;
let cookie: string;
let desk: IncidentDesk;
let dataSource: DataSource;
let hostId: number;
let id: string;
let port = 1_000;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url });
  cookie = await api.signIn();
  desk = new IncidentDesk(api, cookie);
  dataSource = api.app.get(DataSource);
  await api.pushed(buildPush());
  [{ hostId }] = (await database.query<{ hostId: number }>('SELECT host_id AS "hostId" FROM host')) as [
    { hostId: number },
  ];
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

beforeEach(async () => {
  const incident = buildIncident(hostId, NOW, { port: port++ });
  await openedIncidents(dataSource, [incident]);
  id = incident.id;
});

const statusOf = async (...action: [method: string, action: string, body?: unknown]): Promise<number> =>
  (await desk.act(action[0], id, action[1], action[2])).status;

describe('what people do to an incident', () => {
  it('is told in its timeline, with who and what they wrote', async () => {
    await desk.acted('POST', id, 'acknowledge', { note: 'Mine.' });
    await desk.acted('PUT', id, 'owner', { owner: 'shop team' });
    await desk.acted('POST', id, 'notes', { text: '# Seen\n<script>alert(1)</script>' });
    await desk.acted('PUT', id, 'review', { verdict: 'not_reading', note: 'Nobody polls it.' });
    const told = IncidentDetailsSchema.parse(await desk.acted('POST', id, 'resolve', { note: 'Rolled back.' }));
    expect(told).toMatchObject({
      state: 'resolved',
      resolvedAs: 'by_hand',
      acknowledged: { by: 'admin' },
      owner: 'shop team',
      review: { by: 'admin', verdict: 'not_reading', agrees: false },
      version: 5,
    });
    expect(told.events.map(({ number, kind, by, text, content }) => [number, kind, by, text, content])).toEqual([
      [0, 'opened', null, null, { severity: 'warning' }],
      [1, 'acknowledged', 'admin', 'Mine.', {}],
      [2, 'owner', 'admin', null, { owner: 'shop team', before: null }],
      [3, 'note', 'admin', '# Seen\n<script>alert(1)</script>', {}],
      [4, 'review', 'admin', 'Nobody polls it.', { verdict: 'not_reading', agrees: false, found: 'code_leak' }],
      [5, 'resolved', 'admin', 'Rolled back.', { resolvedAs: 'by_hand' }],
    ]);
  });

  it('needs no note and no body', async () => {
    expect((await desk.acted('POST', id, 'acknowledge')).acknowledged?.by).toBe('admin');
    expect((await desk.acted('DELETE', id, 'acknowledge')).acknowledged).toBeNull();
    expect((await desk.acted('POST', id, 'resolve', {})).state).toBe('resolved');
  });

  it('may be said again of one that is resolved, but for what only an open one needs', async () => {
    await desk.acted('POST', id, 'resolve');
    expect(await statusOf('POST', 'resolve')).toBe(409);
    expect(await statusOf('POST', 'acknowledge')).toBe(409);
    expect(await statusOf('DELETE', 'acknowledge')).toBe(409);
    expect(await statusOf('POST', 'notes', { text: 'It was the pool.' })).toBe(200);
    expect(await statusOf('PUT', 'owner', { owner: 'shop team' })).toBe(200);
    expect(await statusOf('PUT', 'review', { verdict: 'code_leak' })).toBe(200);
  });

  it('is refused when somebody was first', async () => {
    await desk.acted('POST', id, 'acknowledge');
    const { statusCode, message } = errorOf(await desk.act('POST', id, 'acknowledge'));
    expect({ statusCode, message }).toEqual({
      statusCode: 409,
      message: `Incident ${id} was acknowledged by admin already.`,
    });
    await desk.acted('DELETE', id, 'acknowledge');
    expect(await statusOf('DELETE', 'acknowledge')).toBe(409);
  });

  it('happens once, however many do it at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => statusOf('POST', 'resolve')));
    expect(answers.sort()).toEqual([200, ...Array<number>(7).fill(409)]);
    const notes = await Promise.all(
      Array.from({ length: 8 }, (_, index) => statusOf('POST', 'notes', { text: String(index) })),
    );
    expect(notes).toEqual(Array(8).fill(200));
    const { events, version } = await desk.acted('GET', id, '');
    expect(events.map(({ number }) => number)).toEqual(Array.from({ length: 10 }, (_, index) => index));
    expect(version).toBe(9);
  });

  it('is never lost to what its rule writes at the same time', async () => {
    const [kept] = (await openIncidents(dataSource.manager, [hostId])).filter((one) => one.id === id);
    if (kept === undefined) throw new Error('It must be open.');
    await desk.acted('POST', id, 'resolve');
    expect(await updateIncidents(dataSource.manager, [{ ...kept, severity: 'critical' }])).toEqual(new Set());
    expect(await desk.acted('GET', id, '')).toMatchObject({ state: 'resolved', severity: 'warning' });
  });

  it('that changes nothing is not told', async () => {
    await desk.acted('PUT', id, 'owner', { owner: 'shop team' });
    const { version, events } = await desk.acted('PUT', id, 'owner', { owner: 'shop team' });
    expect({ version, events: events.length }).toEqual({ version: 1, events: 2 });
    expect((await desk.acted('PUT', id, 'owner', { owner: null })).owner).toBeNull();
  });

  it('is told on to whoever shows incidents live', async () => {
    const heard: string[] = [];
    const unsubscribe = api.app.get(IncidentsFeed).subscribe((ids) => heard.push(...ids));
    await desk.acted('POST', id, 'notes', { text: 'Hello.' });
    unsubscribe();
    expect(heard).toEqual([id]);
  });

  it.each([
    ['POST', 'notes', {}],
    ['POST', 'notes', { text: ' \n' }],
    ['POST', 'notes', { text: 'x'.repeat(20_001) }],
    ['POST', 'notes', { text: 'a\0b' }],
    ['POST', 'notes', ['text']],
    ['POST', 'acknowledge', { note: 7 }],
    ['POST', 'resolve', { note: '' }],
    ['PUT', 'owner', {}],
    ['PUT', 'owner', { owner: '' }],
    ['PUT', 'owner', { owner: 'x'.repeat(129) }],
    ['PUT', 'review', { verdict: 'bad_luck' }],
    ['PUT', 'review', {}],
  ])('is refused with 400 by %s %s %j', async (method, action, body) => {
    expect(errorOf(await desk.act(method, id, action, body)).statusCode).toBe(400);
    expect((await desk.acted('GET', id, '')).version).toBe(0);
  });

  it('is 404 of an incident that there is not', async () => {
    expect(errorOf(await desk.act('POST', randomUUID(), 'resolve')).statusCode).toBe(404);
    expect(errorOf(await desk.act('POST', randomUUID(), 'notes', { text: 'x' })).statusCode).toBe(404);
  });
});

describe('a viewer', () => {
  it('reads incidents and changes none', async () => {
    await database.query(`UPDATE session SET role = 'viewer'`);
    // Sessions are remembered for two seconds; another server knows nothing yet.
    const other = await TestApi.start({ databaseUrl: database.url });
    try {
      const viewer = new IncidentDesk(other, cookie);
      expect((await viewer.act('GET', id, '')).status).toBe(200);
      for (const [method, action, body] of [
        ['POST', 'acknowledge'],
        ['DELETE', 'acknowledge'],
        ['POST', 'resolve'],
        ['PUT', 'owner', { owner: 'me' }],
        ['POST', 'notes', { text: 'x' }],
        ['PUT', 'review', { verdict: 'code_leak' }],
      ] as const) {
        const { statusCode, message } = errorOf(await viewer.act(method, id, action, body));
        expect({ action, statusCode }).toEqual({ action, statusCode: 403 });
        expect(message).toMatch(/^Only an operator or an administrator may /);
      }
      await database.query(`UPDATE session SET role = 'operator'`);
    } finally {
      await other.stop();
    }
    expect((await desk.acted('GET', id, '')).version).toBe(0);
  });
});
