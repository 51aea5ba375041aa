import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Incident } from '@closewatch/protocol';
import { LeakStory, STEP_MS } from '../testing/leak-story.ts';
import { readMetrics } from '../testing/metric-reader.ts';
import { MovableClock } from '../testing/movable-clock.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { RulesService } from './rules.service.ts';

const MINUTE = 60_000 / STEP_MS;

let database: TestDatabase;
let folder: string;
let file: string;
let clock: MovableClock;
let api: TestApi;
let cookie: string;

beforeAll(async () => {
  database = await createTestDatabase();
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'closewatch-rules-'));
  file = join(folder, 'rules.yaml');
  clock = new MovableClock();
});

afterEach(async () => {
  await api.stop();
  await rm(folder, { recursive: true });
  await database.query('TRUNCATE host, host_latest, incident, incident_event, incident_evidence, connection_open');
});

afterAll(async () => {
  await database?.drop();
});

async function startedWith(rules: string): Promise<void> {
  await writeFile(file, rules);
  api = await TestApi.start({ databaseUrl: database.url, clock, environment: { CLOSEWATCH_RULES: file } });
  cookie = await api.signIn();
}

async function changedTo(rules: string): Promise<void> {
  await writeFile(file, rules);
  await api.app.get(RulesService).look();
}

const incidents = async () => (await api.read<{ items: Incident[] }>(cookie, '/api/v1/incidents')).items;

describe('a rules file', () => {
  it('keeps what is ignored from becoming an incident, until a change of it says otherwise', async () => {
    await startedWith('ignore: [{ rule: leak, service: shop.service, because: it is thrown away }]');
    const story = new LeakStory({ clock });
    await story.leak(api, 3 * MINUTE, 10);
    expect(await incidents()).toEqual([]);
    await changedTo('ignore: [{ rule: leak, service: cart.service }]');
    await story.leak(api, 1, 10);
    expect(await incidents()).toEqual([expect.objectContaining({ rule: 'leak', service: 'shop' })]);
  });

  it('ends an incident that it begins to ignore while it is open', async () => {
    await startedWith('ignore: []');
    const story = new LeakStory({ clock });
    await story.leak(api, 3 * MINUTE, 10);
    expect(await incidents()).toMatchObject([{ rule: 'leak', state: 'open' }]);
    await changedTo('ignore: [{ rule: leak, service: shop.service }]');
    await story.leak(api, 15 * MINUTE + 2, 0);
    expect(await incidents()).toMatchObject([{ rule: 'leak', resolvedAs: 'recovered' }]);
  });

  it('gives a service a trigger of its own', async () => {
    await startedWith('services: [{ match: shop.service, leak: { trigger: { least: 500, most: 500 } } }]');
    const story = new LeakStory({ clock });
    await story.leak(api, 4 * MINUTE, 5);
    expect(await incidents()).toEqual([]);
    await changedTo('services: [{ match: cart.service, leak: { trigger: { least: 500, most: 500 } } }]');
    await story.leak(api, 1, 5);
    expect(await incidents()).toHaveLength(1);
  });

  it('tells when more sockets than somebody wants are in a state, and when they are no longer', async () => {
    const rule = 'name: too many, state: ESTAB, above: 9, for: 30s, severity: critical';
    await startedWith(`states: [{ ${rule}, hosts: "web-*" }, { ${rule.replace('too many', 'other')}, hosts: "db-*" }]`);
    const story = new LeakStory({ clock });
    const counts = { established: 10, close_wait: 0 } as never;
    await story.leak(api, 2, 0, { counts });
    expect(await incidents()).toEqual([]);
    await story.leak(api, 3, 0, { counts });
    const subject = { of: 'state', netns: 0, state: 'established', name: 'too many' };
    expect(await incidents()).toEqual([
      expect.objectContaining({ rule: 'threshold', severity: 'critical', subject, state: 'open' }),
    ]);
    await story.leak(api, 16 * MINUTE, 0, { counts: { established: 9, close_wait: 0 } as never });
    expect(await incidents()).toEqual([expect.objectContaining({ rule: 'threshold', resolvedAs: 'recovered' })]);
  });
});

describe('/metrics', () => {
  it('has what leaks as it is judged now, ignored or not', async () => {
    await startedWith('ignore: [{ rule: leak }]');
    const story = new LeakStory({ clock });
    await story.leak(api, 3 * MINUTE, 5);
    const { body } = await api.request<string>('GET', '/metrics', { headers: { cookie } });
    const found = readMetrics(body);
    const leaked = found.get('closewatch_close_wait_leaked{host="web-1"}') ?? 0;
    // Those of the last minute are none yet.
    expect(leaked).toBeGreaterThanOrEqual(10 * MINUTE - 5);
    expect(leaked).toBeLessThanOrEqual(10 * MINUTE + 5);
    expect(found.get('closewatch_service_close_wait_leaked{host="web-1",service="shop"}')).toBe(leaked);
    expect(found.get('closewatch_incidents_open{severity="warning",rule="leak"}')).toBe(0);
  });
});
