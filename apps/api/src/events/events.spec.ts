import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AgentEvent, AgentEventSchema, type Page, pageOf } from '@closewatch/protocol';
import { partitionOf } from '../database/partitions.queries.ts';
import { buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

/** Events are kept so long unless somebody has set something else. */
const KEPT_MS = 35 * 86_400_000;
const START = Math.floor(Date.now() / 1_000) * 1_000 - 600_000;
const at = (second: number): string => iso(START + second * 1_000);

let database: TestDatabase;
let api: TestApi;
let cookie: string;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url });
  cookie = await api.signIn();
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

/** Pushes one snapshot for each list of events. */
async function told(...lists: AgentEvent[][]): Promise<string> {
  const push = buildPush({
    snapshots: lists.map((events, index) => buildSnapshot({ seq: index, takenAt: at(100 + index), events })),
  });
  await api.pushed(push);
  return push.agentId;
}

const list = async (agentId: string, query = ''): Promise<Page<AgentEvent>> =>
  pageOf(AgentEventSchema).parse(await api.read(cookie, `/api/v1/hosts/${agentId}/events${query}`));

describe('events', () => {
  it('are listed with what they say, the newest first', async () => {
    const started: AgentEvent = { at: at(1), kind: 'started', after: 'reboot' };
    const dropped: AgentEvent = { at: at(9), kind: 'dropped', snapshots: 12, from: at(2), to: at(8) };
    const jumped: AgentEvent = { at: at(5), kind: 'clock_jumped', byMs: -3_600_000 };
    const agentId = await told([started], [dropped, jumped]);
    expect(await list(agentId)).toEqual({ items: [dropped, jumped, started], nextCursor: null });
  });

  it('are there once, in however many snapshots they are told', async () => {
    const started: AgentEvent = { at: at(1), kind: 'started', after: 'clean_stop' };
    const agentId = await told([started, started], [started]);
    expect((await list(agentId)).items).toEqual([started]);
  });

  it('are paged without loss, also those of one instant and one kind', async () => {
    const events = Array.from({ length: 25 }, (_, index): AgentEvent => ({ at: at(1), kind: 'stalled', forMs: index }));
    const agentId = await told(events);
    const found: AgentEvent[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Page<AgentEvent> = await list(agentId, `?limit=10${cursor === '' ? '' : `&cursor=${cursor}`}`);
      found.push(...page.items);
      cursor = page.nextCursor;
    }
    const byLength = (a: AgentEvent, b: AgentEvent): number => JSON.stringify(a).localeCompare(JSON.stringify(b));
    expect(found.toSorted(byLength)).toEqual(events.toSorted(byLength));
  });

  it('of a clock ahead of ours have not happened in the future, and those past retention are left out', async () => {
    const ahead: AgentEvent = { at: iso(Date.now() + 3_600_000), kind: 'stalled', forMs: 1 };
    const ancient: AgentEvent = { at: '1970-01-01T00:00:00.000Z', kind: 'stalled', forMs: 2 };
    const { items } = await list(await told([ahead, ancient]));
    expect(items).toEqual([expect.objectContaining({ forMs: 1 })]);
    expect(Date.parse(items[0]?.at ?? '')).toBeLessThanOrEqual(Date.now());
  });

  it('are kept in days, which are dropped past retention', async () => {
    const agentId = await told([{ at: iso(Date.now() - KEPT_MS + 60_000), kind: 'stalled', forMs: 1 }]);
    expect((await list(agentId)).items).toHaveLength(1);
    const day = partitionOf('agent_event', Date.now() - KEPT_MS + 60_000).replaceAll('-', '');
    const [partition] = await database.query<{ name: string | null }>(
      `SELECT to_regclass('agent_event_p${day}')::text AS name`,
    );
    expect(partition?.name).toBe(`agent_event_p${day}`);
  });
});
