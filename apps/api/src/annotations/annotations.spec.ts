import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AgentEvent, type Annotation, AnnotationSchema, type Page, pageOf } from '@closewatch/protocol';
import { readCsv } from '../testing/csv-reader.ts';
import { buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { errorOf, TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const SCRIPT_TOKEN = 'a-token-for-scripts-0001';
const START = Math.floor(Date.now() / 1_000) * 1_000 - 600_000;
const at = (second: number): string => iso(START + second * 1_000);

let database: TestDatabase;
let api: TestApi;
let cookie: string;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url, environment: { CLOSEWATCH_SCRIPT_TOKEN: SCRIPT_TOKEN } });
  cookie = await api.signIn();
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

/** A host of its own, whose agent tells these events. */
async function host(hostname: string, events: AgentEvent[] = []): Promise<string> {
  const push = buildPush({ snapshots: [buildSnapshot({ takenAt: at(500), events })] });
  await api.pushed({ ...push, agent: { ...push.agent, hostname } });
  return push.agentId;
}

const byScript = { authorization: `Bearer ${SCRIPT_TOKEN}` };
const tell = (body: object | string, headers: Record<string, string> = { cookie }) =>
  api.request<Annotation>('POST', '/api/v1/annotations', { body, headers });

async function told(body: object, headers?: Record<string, string>): Promise<Annotation> {
  const { status, body: answer } = await tell(body, headers);
  if (status !== 200) throw new Error(`Telling failed with ${status}: ${JSON.stringify(answer)}`);
  return AnnotationSchema.parse(answer);
}

const list = async (query: string): Promise<Page<Annotation>> =>
  pageOf(AnnotationSchema).parse(await api.read(cookie, `/api/v1/annotations?${query}`));

function restarted(second: number, replaced: boolean): AgentEvent {
  const process = { pid: 42, startedAt: at(second), executable: '/usr/bin/node', unit: 'shop.service' };
  return {
    at: at(second),
    kind: 'service_restarted',
    process,
    before: { pid: 41, startedAt: at(0) },
    replaced,
  };
}

describe('an annotation', () => {
  it('of a person is told as they said it, about the host by its id or name', async () => {
    const id = await host('notes-1');
    const request = {
      at: at(1),
      kind: 'deploy',
      host: 'notes-1',
      service: 'shop',
      text: 'shop 4.2',
      link: 'https://x.example/1',
    };
    const annotation = await told(request);
    const expected = { ...request, hostId: id, hostname: 'notes-1', source: 'person', author: 'admin' };
    expect(annotation).toEqual({ ...expected, host: undefined, id: expect.any(String) });
    expect((await told({ text: 'x', host: id.toUpperCase() })).hostId).toBe(id);
    expect((await list(`host=${id}&to=${at(1)}`)).items).toEqual([annotation]);
  });

  it('of a script needs no more than a text: it is of now, about all hosts', async () => {
    const before = Date.now();
    const annotation = await told({ text: 'feature on' }, byScript);
    expect(annotation).toMatchObject({
      kind: 'other',
      hostId: null,
      service: null,
      source: 'script',
      author: 'script',
    });
    expect(Date.parse(annotation.at)).toBeGreaterThanOrEqual(before - 1);
    expect(Date.parse(annotation.at)).toBeLessThanOrEqual(Date.now());
  });

  it.each<[string, object, string]>([
    ['from the year 3000', { text: 'x', at: '3000-01-01T00:00:00.000Z' }, 'at'],
    ['from two minutes ahead', { text: 'x', at: iso(Date.now() + 120_000) }, 'at'],
    ['from before 1970', { text: 'x', at: '1969-12-31T23:59:59Z' }, 'at'],
    ['of no instant', { text: 'x', at: 'yesterday' }, 'at'],
    ['without a text', { text: '' }, 'text'],
    ['with NUL', { text: 'a\0b' }, 'text'],
    ['that is too long', { text: 'x'.repeat(2_001) }, 'text'],
    ['of a kind that there is not', { text: 'x', kind: 'party' }, 'kind'],
    ['with a link that runs', { text: 'x', link: 'javascript:alert(1)' }, 'link'],
    ['with a link that is none', { text: 'x', link: 'example' }, 'link'],
    ['about a host that there is not', { text: 'x', host: 'nowhere' }, 'host'],
    ['about an id that there is not', { text: 'x', host: randomUUID() }, 'host'],
  ])('%s is refused', async (_case, body, path) => {
    const error = errorOf(await tell(body));
    expect(error).toMatchObject({ statusCode: 400, issues: [expect.objectContaining({ path })] });
  });

  it('a little ahead of our clock has happened now', async () => {
    const { at: happened } = await told({ text: 'x', at: iso(Date.now() + 30_000) });
    expect(Date.parse(happened)).toBeLessThanOrEqual(Date.now());
  });

  it('about a name of several hosts is refused with their ids', async () => {
    const ids = [await host('twin'), await host('twin')];
    const { issues } = errorOf(await tell({ text: 'x', host: 'twin' }));
    for (const id of ids) expect(issues[0]?.message).toContain(id);
  });

  it('may be told by operators and scripts alone', async () => {
    expect((await tell({ text: 'x' }, {})).status).toBe(401);
    expect((await tell({ text: 'x' }, { authorization: `Bearer ${api.agentToken}` })).status).toBe(403);
    await database.query(`UPDATE session SET role = 'viewer'`);
    const viewer = await api.signIn();
    await database.query(`UPDATE session SET role = 'viewer'`);
    expect((await tell({ text: 'x' }, { cookie: viewer })).status).toBe(403);
    await database.query(`UPDATE session SET role = 'admin'`);
    cookie = await api.signIn();
  });

  it('is taken back once', async () => {
    const { id } = await told({ text: 'a mistake', at: at(3) });
    const take = () => api.request('DELETE', `/api/v1/annotations/${id}`, { headers: { cookie } });
    expect((await take()).status).toBe(204);
    expect(errorOf(await take()).statusCode).toBe(404);
    expect((await list(`from=${at(3)}&to=${at(3)}`)).items).toEqual([]);
  });
});

describe('change marks', () => {
  it('are what was said and what agents saw, the newest first, of a host with those about all', async () => {
    const id = await host('marks-1', [restarted(20, false), restarted(30, true)]);
    const other = await host('marks-2', [restarted(25, false)]);
    const everywhere = await told({ text: 'network work', at: at(26), kind: 'maintenance' });
    const { items } = await list(`host=marks-1&from=${at(20)}&to=${at(30)}`);
    const seen = { hostId: id, hostname: 'marks-1', service: 'shop', source: 'agent', author: null, text: '' };
    expect(items).toEqual([
      expect.objectContaining({ ...seen, kind: 'deploy', at: at(30) }),
      everywhere,
      expect.objectContaining({ ...seen, kind: 'restart', at: at(20) }),
    ]);
    const all = await list(`from=${at(20)}&to=${at(30)}`);
    expect(all.items.map(({ hostId }) => hostId)).toEqual([id, null, other, id]);
  });

  it('are paged without loss or repeat, those of one instant too', async () => {
    const id = await host(
      'marks-3',
      [40, 40, 41].map((second, index) => restarted(second, index === 1)),
    );
    for (let index = 0; index < 4; index++) await told({ text: `${index}`, host: id, at: at(40) });
    const found: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query: string = `host=${id}&from=${at(40)}&to=${at(41)}&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const page = await list(query);
      found.push(...page.items.map((mark) => mark.id));
      cursor = page.nextCursor;
    }
    expect(found).toHaveLength(7);
    expect(new Set(found).size).toBe(7);
  });

  it('come as CSV', async () => {
    const { body } = await api.request<string>('GET', `/api/v1/annotations?format=csv&from=${at(20)}&to=${at(30)}`, {
      headers: byScript,
    });
    const [header, ...lines] = readCsv(body);
    expect(header).toEqual(['id', 'at', 'kind', 'host_id', 'hostname', 'service', 'text', 'link', 'source', 'author']);
    expect(lines).toHaveLength(4);
  });

  it.each([
    ['host=nowhere', 404],
    ['cursor=x', 400],
    ['from=yesterday', 400],
    ['limit=0', 400],
  ])('refuse %s with %d', async (query, status) => {
    const answer = await api.request('GET', `/api/v1/annotations?${query}`, { headers: { cookie } });
    expect(errorOf(answer).statusCode).toBe(status);
  });
});
