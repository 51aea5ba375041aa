import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Incident, type IncidentDetails } from '@closewatch/protocol';
import { Logger } from '@nestjs/common';
import { insertIncidents } from '../incidents/incident-store.queries.ts';
import { incidentEvidence } from '../incidents/incident-timeline.queries.ts';
import { IncidentsFeed } from '../incidents/incidents-feed.ts';
import { buildIncident } from '../testing/incident-builder.ts';
import { LeakStory, STEP_MS } from '../testing/leak-story.ts';
import { MovableClock } from '../testing/movable-clock.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { TwoEndsService } from '../two-ends/two-ends.service.ts';
import { DetectionTransactions } from './detection-transactions.ts';
import { EvidenceGatherer } from './evidence-gatherer.ts';
import { type HostDetection } from './host-detection.ts';
import { type WatchedHost } from './watched-hosts.queries.ts';

const MINUTE = 60_000 / STEP_MS;

let database: TestDatabase;
let clock: MovableClock;
let api: TestApi;
let cookie: string;

beforeAll(async () => {
  database = await createTestDatabase();
  clock = new MovableClock();
  api = await TestApi.start({ databaseUrl: database.url, clock });
  cookie = await api.signIn();
});

afterEach(() => {
  jest.restoreAllMocks();
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

async function detailsOf({ push }: LeakStory): Promise<IncidentDetails> {
  const { items } = await api.read<{ items: Incident[] }>(cookie, '/api/v1/incidents?state=all&rule=leak');
  const mine = items.filter(({ hostId }) => hostId === push.agentId);
  expect(mine).toHaveLength(1);
  return api.read<IncidentDetails>(cookie, `/api/v1/incidents/${mine[0]?.id}`);
}

describe('gathering evidence', () => {
  it('that takes too long leaves the incident, and all other evidence, as they are', async () => {
    const twoEnds = jest.spyOn(api.app.get(TwoEndsService), 'evidence');
    // As a fleet's closing sockets may take.
    twoEnds.mockImplementation((sql) => sql.query('SELECT pg_sleep(20)'));
    const story = new LeakStory({ clock, port: 8_001 });
    await story.leak(api, 2 * MINUTE, 10);
    const { state, evidence } = await detailsOf(story);
    expect(twoEnds).toHaveBeenCalled();
    expect(state).toBe('open');
    expect(new Set(evidence.map(({ kind }) => kind))).toEqual(new Set(['counts', 'connections', 'peers']));
  }, 40_000);

  it('is told in the timeline, with its cause; all of one moment is captured at one', async () => {
    const story = new LeakStory({ clock, port: 8_002 });
    await story.leak(api, 2 * MINUTE, 10);
    const { events, evidence, openedAt } = await detailsOf(story);
    const told = events.filter(({ kind }) => kind === 'evidence');
    expect(told[0]).toMatchObject({ at: openedAt, by: null, content: { because: 'opened', figure: 'leaked' } });
    const opening = evidence.filter(({ capturedAt }) => capturedAt === openedAt);
    expect(opening.map(({ kind }) => kind)).toEqual(['counts', 'connections', 'peers', 'two_ends']);
  });

  it('keeps few captures of an incident that goes up and down: the first, the worst, and the newest', async () => {
    const sql = api.app.get(DetectionTransactions).sql;
    const incident = buildIncident(900, clock.now());
    await insertIncidents(sql, [incident]);
    const { transactions, feed } = { transactions: api.app.get(DetectionTransactions), feed: new IncidentsFeed() };
    const gatherer = new EvidenceGatherer(transactions, feed, api.app.get(TwoEndsService), new Logger('test'));
    const namespace = { netns: 0, at: clock.now(), intervalMs: 5_000, counts: { close_wait: 3 }, closeWait: 3 };
    const begin = clock.now();
    for (let index = 0; index < 30; index++) {
      const figures = { ...incident.figures, [incident.peak.figure]: index === 8 ? 9_000 : 10 };
      await gatherer.capture({
        incident: { ...incident, figures },
        because: 'escalated',
        host: { namespaces: [namespace] } as unknown as WatchedHost,
        about: { netns: 0, leak: null, subject: incident.subject, detection: { rule: 'leak' } } as HostDetection,
        sections: {},
        // Ten minutes apart: every other one is too soon.
        at: begin + index * 600_000,
      });
    }
    const kept = await incidentEvidence(sql, incident.hostId, incident.id);
    const minutes = kept.map(({ capturedAt }) => (Date.parse(capturedAt) - begin) / 60_000);
    expect(minutes).toEqual([0, 80, 220, 240, 260, 280]);
  });
});
