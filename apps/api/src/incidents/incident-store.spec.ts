import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../database/data-source.ts';
import { buildIncident } from '../testing/incident-builder.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { insertIncidents, lastResolvedIncidents, openIncidents, updateIncidents } from './incident-store.queries.ts';
import {
  addIncidentEvents,
  addIncidentEvidence,
  incidentEvents,
  incidentEvidence,
  MOST_EVENTS,
} from './incident-timeline.queries.ts';

const NOW = 1_800_000_000_000;

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await new DataSource(dataSourceOptions(database.url)).initialize();
});

afterAll(async () => {
  await dataSource?.destroy();
  await database?.drop();
});

describe('the store of incidents', () => {
  it('gives back what it was given', async () => {
    const sql = dataSource.manager;
    const incident = buildIncident(1, NOW, { parentId: null, clearingSince: NOW - 1 });
    expect(await insertIncidents(sql, [incident])).toEqual(new Set([incident.id]));
    expect(await openIncidents(sql, [1])).toEqual([{ ...incident, version: 0 }]);
  });

  it('takes one open incident of a key, whoever comes first', async () => {
    const sql = dataSource.manager;
    const [first, second, other] = [
      buildIncident(2, NOW),
      buildIncident(2, NOW + 1),
      buildIncident(2, NOW, { port: 9090 }),
    ];
    expect(await insertIncidents(sql, [first])).toEqual(new Set([first.id]));
    expect(await insertIncidents(sql, [second, other])).toEqual(new Set([other.id]));
  });

  it('changes what was read last and leaves alone what somebody else has changed since', async () => {
    const sql = dataSource.manager;
    const incident = buildIncident(3, NOW);
    await insertIncidents(sql, [incident]);
    const worse = { ...incident, severity: 'critical' as const, figures: { leaked: 400 }, version: 0 };
    expect(await updateIncidents(sql, [worse])).toEqual(new Set([incident.id]));
    expect(await updateIncidents(sql, [{ ...incident, version: 0 }])).toEqual(new Set());
    expect(await openIncidents(sql, [3])).toEqual([{ ...worse, version: 1 }]);
  });

  it('finds the last incident of a key that was resolved, and reopens it', async () => {
    const sql = dataSource.manager;
    const [older, newer] = [buildIncident(4, NOW), buildIncident(4, NOW + 60_000)];
    for (const incident of [older, newer]) {
      await insertIncidents(sql, [incident]);
      const resolved = { ...incident, resolvedAt: incident.openedAt + 30_000, resolvedAs: 'recovered' as const };
      await updateIncidents(sql, [{ ...resolved, version: 0 }]);
    }
    const [last, ...rest] = await lastResolvedIncidents(sql, 4, [newer, { rule: 'leak', key: 'another' }]);
    expect([last?.id, rest]).toEqual([newer.id, []]);
    if (last === undefined) throw new Error('There must be one.');
    await updateIncidents(sql, [{ ...last, resolvedAt: null, resolvedAs: null }]);
    expect(await openIncidents(sql, [4])).toEqual([{ ...newer, version: 2 }]);
  });

  it('numbers what happened and what was gathered in the order in which it came', async () => {
    const sql = dataSource.manager;
    const { hostId, id: incidentId } = buildIncident(5, NOW);
    const event = { hostId, incidentId, at: NOW, by: null, text: null, content: { severity: 'warning' } };
    await addIncidentEvents(sql, [
      { ...event, kind: 'opened' },
      { ...event, kind: 'evidence' },
    ]);
    await addIncidentEvents(sql, [{ ...event, kind: 'note', by: 'anna', text: 'Seen.' }]);
    const events = await incidentEvents(sql, hostId, incidentId);
    expect(events.map(({ number, kind, text }) => [number, kind, text])).toEqual([
      [0, 'opened', null],
      [1, 'evidence', null],
      [2, 'note', 'Seen.'],
    ]);
    const counts = { hostId, incidentId, capturedAt: NOW, kind: 'counts' as const };
    await addIncidentEvidence(sql, [
      { ...counts, content: { close_wait: 12 } },
      { ...counts, content: null },
    ]);
    const evidence = await incidentEvidence(sql, hostId, incidentId);
    expect(evidence.map(({ number, content }) => [number, content])).toEqual([
      [0, { close_wait: 12 }],
      [1, null],
    ]);
  });

  it('tells the first and the newest of a timeline of thousands', async () => {
    const sql = dataSource.manager;
    const { hostId, id: incidentId } = buildIncident(6, NOW);
    const event = { hostId, incidentId, by: null, text: null, content: {}, kind: 'escalated' as const };
    await addIncidentEvents(
      sql,
      Array.from({ length: MOST_EVENTS + 20 }, (_, number) => ({ ...event, at: NOW + number })),
    );
    const numbers = (await incidentEvents(sql, hostId, incidentId)).map(({ number }) => number);
    expect(numbers).toEqual([0, ...Array.from({ length: MOST_EVENTS }, (_, index) => index + 20)]);
  });
});
