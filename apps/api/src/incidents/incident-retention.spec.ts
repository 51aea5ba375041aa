import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Retention } from '@closewatch/protocol';
import { DataSource } from 'typeorm';
import { buildIncident } from '../testing/incident-builder.ts';
import { openedIncidents } from '../testing/incident-desk.ts';
import { iso } from '../testing/push-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { IncidentRetention } from './incident-retention.ts';
import { addIncidentEvidence } from './incident-timeline.queries.ts';

const NOW = Date.now();
const DAY_MS = 86_400_000;

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

const left = async (table: string): Promise<string[]> => {
  const rows = await database.query<{ id: string }>(`SELECT DISTINCT incident_id AS id FROM ${table} ORDER BY 1`);
  return rows.map(({ id }) => id);
};

describe('incidents past retention', () => {
  it('are forgotten with all that is kept of them, and open ones never', async () => {
    const resolved = (daysAgo: number, port: number) =>
      buildIncident(7, NOW - 900 * DAY_MS, { port, resolvedAt: NOW - daysAgo * DAY_MS, resolvedAs: 'recovered' });
    const old = Array.from({ length: 450 }, (_, index) => resolved(731, index));
    const kept = [resolved(729, 9_000), buildIncident(7, NOW - 900 * DAY_MS, { port: 9_001 })];
    const dataSource = api.app.get(DataSource);
    await openedIncidents(dataSource, [...old, ...kept]);
    const evidence = [...old, ...kept].map(({ hostId, id }) => ({
      ...{ hostId, incidentId: id, capturedAt: NOW, kind: 'counts' as const },
      content: {},
    }));
    await addIncidentEvidence(dataSource.manager, evidence);
    for (const daysAgo of [729, 731]) {
      await database.query(
        `INSERT INTO annotation (annotation_id, happened_at, kind, text, source) VALUES (gen_random_uuid(), $1, 'other', 'x', 'person')`,
        [iso(NOW - daysAgo * DAY_MS)],
      );
    }
    await api.app.get(IncidentRetention).forget();
    const expected = kept.map(({ id }) => id).sort();
    for (const table of ['incident', 'incident_event', 'incident_evidence']) {
      expect({ table, left: await left(table) }).toEqual({ table, left: expected });
    }
    expect(await database.query('SELECT FROM annotation')).toHaveLength(1);
  });

  it('are counted with what retention takes on disk, as what does not grow by the day', async () => {
    const { items } = await api.read<Retention>(await api.signIn(), '/api/v1/retention');
    const item = items.find(({ kind }) => kind === 'incidents');
    expect(item).toMatchObject({ keepDays: 730, bytesPerDay: 0, parts: [], forecastBytes: item?.standingBytes });
    expect(item?.bytes).toBeGreaterThan(100_000);
  });
});
