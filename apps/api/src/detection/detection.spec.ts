import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type AgentEvent, INCIDENT_EVIDENCE_CONTENTS, type IncidentDetails, type Incident } from '@closewatch/protocol';
import { LeakStory, look, STEP_MS } from '../testing/leak-story.ts';
import { MovableClock } from '../testing/movable-clock.ts';
import { iso } from '../testing/push-builder.ts';
import { buildEvidence, buildProcess } from '../testing/section-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const MINUTE = 60_000 / STEP_MS;

let database: TestDatabase;
let clock: MovableClock;
let api: TestApi;
let cookie: string;

beforeAll(async () => {
  database = await createTestDatabase();
});

beforeEach(async () => {
  clock = new MovableClock();
  api = await TestApi.start({ databaseUrl: database.url, clock });
  cookie = await api.signIn();
});

afterEach(async () => {
  await api.stop();
  await database.query('TRUNCATE host, host_latest, incident, incident_event, incident_evidence, connection_open');
});

afterAll(async () => {
  await database?.drop();
});

const incidents = async (query = 'state=all') =>
  (await api.read<{ items: Incident[] }>(cookie, `/api/v1/incidents?${query}`)).items;
const details = (id: string) => api.read<IncidentDetails>(cookie, `/api/v1/incidents/${id}`);
const kinds = async (id: string) => (await details(id)).events.map(({ kind }) => kind);

async function only(query?: string): Promise<Incident> {
  const all = await incidents(query);
  expect(all).toHaveLength(1);
  return all[0] as Incident;
}

describe('a leak', () => {
  it('opens one incident by itself, with what is known of it', async () => {
    const story = new LeakStory({ clock, stepMs: 5_000 });
    const process = {
      ...buildProcess(story.process.pid),
      startedAt: story.process.startedAt,
      executable: '/usr/bin/node',
    };
    await story.leak(api, 4 * MINUTE, 5, { evidence: [buildEvidence(process)] });
    const incident = await only();
    expect(incident).toMatchObject({
      hostId: story.push.agentId,
      rule: 'leak',
      state: 'open',
      severity: 'critical',
      service: 'shop',
      subject: { of: 'leak', direction: 'inbound', endpoint: { address: null, port: 8_080 } },
      finding: { verdict: 'code_leak' },
      recurrence: 0,
      previousId: null,
    });
    // Within 90 seconds of its first connection.
    expect(Date.parse(incident.openedAt) - Date.parse(incident.beganAt)).toBeLessThanOrEqual(90_000);
    const { events, evidence } = await details(incident.id);
    expect(events[0]).toMatchObject({ number: 0, kind: 'opened', by: null });
    const found = new Map(evidence.map(({ kind, content }) => [kind, INCIDENT_EVIDENCE_CONTENTS[kind].parse(content)]));
    expect(found.get('process')).toMatchObject({ process: { pid: story.process.pid } });
    expect(found.get('connections')).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ recvQueue: 0 })]),
    });
    expect(found.get('peers')).toMatchObject({ total: 1, items: [{ address: '198.51.100.7' }] });
    expect([...found.keys()].sort()).toEqual(['connections', 'counts', 'peers', 'process', 'two_ends']);
  });

  it.each([
    ['is', 3_600_000],
    ['was, when the process was dated,', 0],
  ])('is found on a host whose clock %s ahead', async (_words, clockOffsetMs) => {
    const story = new LeakStory({ clock });
    story.push.agent.clockOffsetMs = clockOffsetMs;
    story.process.startedAt = iso(clock.now() + 3_600_000 - 60_000);
    await story.leak(api, 2 * MINUTE, 10);
    const { id } = await only('state=all&rule=leak');
    expect(await kinds(id)).not.toContain('restart');
  });

  it('that stands still opens none', async () => {
    const story = new LeakStory({ clock });
    await story.leak(api, 1, 40);
    await story.leak(api, 8 * MINUTE, 0);
    expect(await incidents()).toEqual([]);
  });

  it('goes stale while its host is silent, and on when it is heard again', async () => {
    const story = new LeakStory({ clock });
    await story.leak(api, 2 * MINUTE, 10);
    const { id } = await only();
    await story.silence(api, 2 * MINUTE);
    const [stale, silent] = [await details(id), await only('state=all&rule=host_silent')];
    expect(stale.state).toBe('open');
    expect(stale.staleSince).not.toBeNull();
    expect(silent).toMatchObject({ state: 'open', severity: 'warning', staleSince: null });
    await story.leak(api, 2, 10);
    expect(await details(id)).toMatchObject({ state: 'open', staleSince: null });
    expect((await kinds(id)).filter((kind) => kind === 'stale' || kind === 'fresh')).toEqual(['stale', 'fresh']);
  });

  it('that is mended has recovered after a while', async () => {
    const story = new LeakStory({ clock });
    await story.leak(api, 2 * MINUTE, 10);
    story.close();
    await story.leak(api, 14 * MINUTE, 0);
    expect(await only()).toMatchObject({ state: 'open' });
    await story.leak(api, 3 * MINUTE, 0);
    const incident = await only();
    expect(incident).toMatchObject({ state: 'resolved', resolvedAs: 'recovered' });
    expect((await kinds(incident.id)).slice(-2)).toEqual(['clearing', 'resolved']);
  });

  it('ends by a restart, and its recurrence is linked', async () => {
    const story = new LeakStory({ clock });
    await story.leak(api, 2 * MINUTE, 10);
    const first = await only();
    const before = story.process;
    story.restart();
    const { pid, startedAt } = story.process;
    const restarted: AgentEvent = {
      at: iso(clock.now()),
      kind: 'service_restarted',
      process: { pid, startedAt, executable: '/usr/bin/node', unit: 'shop.service' },
      before,
      replaced: true,
    };
    await story.leak(api, 1, 0, { events: [restarted] });
    await story.leak(api, MINUTE, 0);
    expect(await details(first.id)).toMatchObject({ state: 'resolved', resolvedAs: 'restart' });
    // Later than what would be the same one that goes on.
    await story.leak(api, 35 * MINUTE, 0);
    await story.leak(api, 2 * MINUTE, 10);
    expect(await only('state=open')).toMatchObject({ previousId: first.id, recurrence: 1 });
  });

  it('that comes back soon is the same one', async () => {
    const story = new LeakStory({ clock });
    await story.leak(api, 2 * MINUTE, 10);
    const { id } = await only();
    story.close();
    await story.leak(api, 17 * MINUTE, 0);
    expect((await details(id)).state).toBe('resolved');
    // What leaked and was closed within half an hour may be a saw-tooth: its trend must show.
    await story.leak(api, 8 * MINUTE, 10);
    expect(await only()).toMatchObject({ id, state: 'open', resolvedAt: null });
    expect(await kinds(id)).toContain('reopened');
  });

  it('that somebody has resolved by hand is not told again at once', async () => {
    const story = new LeakStory({ clock });
    await story.leak(api, 2 * MINUTE, 10);
    const { id } = await only();
    const { status } = await api.request('POST', `/api/v1/incidents/${id}/resolve`, { body: {}, headers: { cookie } });
    expect(status).toBe(200);
    await story.leak(api, 5 * MINUTE, 1);
    expect(await only()).toMatchObject({ id, state: 'resolved', resolvedAs: 'by_hand' });
  });
});

describe('a host that is gone', () => {
  it('leaves nothing open, and is not told again', async () => {
    const story = new LeakStory({ clock });
    await story.leak(api, 2 * MINUTE, 10);
    await story.silence(api, 2 * MINUTE);
    expect(await incidents('state=open')).toHaveLength(2);
    clock.aheadMs += 2 * 86_400_000;
    await story.silence(api, 2 * MINUTE);
    cookie = await api.signIn();
    // It is still told for how long.
    const { figures } = await only('state=open&rule=host_silent');
    expect(figures.silentMs).toBeGreaterThan(2 * 86_400_000);
    clock.aheadMs += 5 * 86_400_000;
    await story.silence(api, 3 * MINUTE);
    cookie = await api.signIn();
    const all = await incidents();
    expect(all.map(({ resolvedAs }) => resolvedAs)).toEqual(['host_gone', 'host_gone']);
  });
});

describe('a restart of the server', () => {
  it('in the middle neither loses nor doubles an incident', async () => {
    const story = new LeakStory({ clock });
    await story.leak(api, 2 * MINUTE, 10);
    const { id } = await only();
    const token = api.agentToken;
    await api.stop();
    api = await TestApi.start({ databaseUrl: database.url, clock, environment: { CLOSEWATCH_TOKEN: token } });
    cookie = await api.signIn();
    await story.leak(api, MINUTE, 10);
    expect(await only()).toMatchObject({ id, state: 'open' });
  });

  it('leaves what is stale as it is: nothing has been heard', async () => {
    const story = new LeakStory({ clock });
    await story.leak(api, 2 * MINUTE, 10);
    await story.silence(api, 2 * MINUTE);
    const { id } = await only('state=open&rule=leak');
    const told = await kinds(id);
    expect(told.at(-1)).toBe('stale');
    await api.stop();
    api = await TestApi.start({ databaseUrl: database.url, clock });
    cookie = await api.signIn();
    await story.silence(api, 2 * MINUTE);
    expect(await kinds(id)).toEqual(told);
    expect(await only('state=open&rule=host_silent')).toMatchObject({ severity: 'warning' });
  });

  it('before the incident opens does not delay it: what was is read again', async () => {
    const story = new LeakStory({ clock });
    await story.leak(api, MINUTE + 1, 10);
    expect(await incidents()).toEqual([]);
    const token = api.agentToken;
    await api.stop();
    api = await TestApi.start({ databaseUrl: database.url, clock, environment: { CLOSEWATCH_TOKEN: token } });
    cookie = await api.signIn();
    await story.leak(api, 2, 10);
    expect(await only()).toMatchObject({ rule: 'leak', state: 'open' });
  });
});

describe('two servers', () => {
  it('share the hosts and never double an incident; when one dies the other takes over', async () => {
    const other = await TestApi.start({
      databaseUrl: database.url,
      clock,
      environment: { CLOSEWATCH_TOKEN: api.agentToken },
    });
    let isDown = false;
    try {
      const stories = [1, 2, 3, 4].map((index) => new LeakStory({ clock, port: 8_000 + index }));
      const servers = [api, other];
      const go = async (steps: number): Promise<void> => {
        for (let step = 0; step < steps; step++) {
          clock.aheadMs += STEP_MS;
          for (const story of stories) {
            story.begin(10);
            await story.tell(api);
          }
          // At the same moment, as servers do.
          await Promise.all(servers.map(look));
        }
      };
      await go(2 * MINUTE);
      expect(await incidents('state=all&rule=leak')).toHaveLength(4);
      const owners = await database.query<{ pid: number; shards: number }>(
        `SELECT pid, count(*)::integer AS shards FROM pg_locks
          WHERE locktype = 'advisory' AND classid = 20311731
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) GROUP BY pid`,
      );
      expect(owners.map(({ shards }) => shards)).toEqual([8, 8]);
      isDown = true;
      await other.stop();
      servers.pop();
      await go(1);
      const before = await database.query<{ version: number }>('SELECT version FROM incident ORDER BY host_id');
      await go(MINUTE);
      expect(await incidents('state=all&rule=leak')).toHaveLength(4);
      const after = await database.query<{ version: number }>('SELECT version FROM incident ORDER BY host_id');
      // Each of them goes on: somebody watches over every host.
      expect(after.every(({ version }, index) => version > (before[index]?.version ?? Infinity))).toBe(true);
    } finally {
      if (!isDown) await other.stop();
    }
  });
});
