import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type NamespaceItem,
  NamespaceItemSchema,
  type Page,
  pageOf,
  type Push,
  type Snapshot,
} from '@closewatch/protocol';
import { buildConnection, buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { buildEvidence, buildOrphans, buildProcess } from '../testing/section-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { NamespaceRetention } from './namespace-retention.ts';

const NOW = Math.floor(Date.now() / 1_000) * 1_000;
const START = NOW - 600_000;
const DAY_MS = 86_400_000;
const at = (second: number): number => START + second * 1_000;

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

/** A snapshot of a namespace, with as many CLOSE_WAIT as the kernel counts. */
function taken(takenAt: number, netns: number, closeWait: number, overrides: Partial<Snapshot> = {}): Snapshot {
  const counts = { established: 10, close_wait: closeWait } as never;
  return buildSnapshot({ takenAt: iso(takenAt), netns, counts, ...overrides });
}

async function tell(snapshots: Snapshot[], agent: Push = buildPush()): Promise<Push> {
  for (const snapshot of snapshots) await api.pushed({ ...agent, snapshots: [snapshot] });
  return agent;
}

const list = async ({ agentId }: Push, query = ''): Promise<Page<NamespaceItem>> =>
  pageOf(NamespaceItemSchema).parse(await api.read(cookie, `/api/v1/hosts/${agentId}/namespaces${query}`));

const shop = { inode: 4_026_532_281, name: 'shop', containerId: 'ab'.repeat(32) };

describe('namespaces', () => {
  it('are the host’s own first, then the others with name, counts and CLOSE_WAIT of their own', async () => {
    const agent = await tell([
      taken(at(100), 0, 1),
      taken(at(105), 3, 4, {
        ...{ namespace: shop, intervalMs: 30_000 },
        orphans: buildOrphans(2),
        connections: [buildConnection('socket-aaaa', at(10)), buildConnection('socket-bbbb', at(100))],
      }),
    ]);
    const { items, nextCursor } = await list(agent);
    expect(nextCursor).toBeNull();
    expect(items).toMatchObject([
      { id: 0, inode: null, name: null, containerId: null, closeWait: { count: 1, orphaned: 0 } },
      {
        ...{
          id: 3,
          ...shop,
          lastSeenAt: iso(at(105)),
          intervalMs: 30_000,
          counts: { established: 10, close_wait: 4, time_wait: null },
        },
        closeWait: { count: 4, aged: 1, oldestSeconds: 95, orphaned: 2 },
      },
    ]);
  });

  it('are as their newest snapshot has them, and have the newest name, whatever comes late or lacks one', async () => {
    const renamed = { inode: 4_026_532_281, name: 'shop-2' };
    const agent = await tell([
      taken(at(20), 3, 2, { namespace: renamed }),
      taken(at(30), 3, 5),
      taken(at(10), 3, 9, { namespace: shop }),
    ]);
    const [, item] = (await list(agent)).items;
    expect(item).toMatchObject({ lastSeenAt: iso(at(30)), counts: { close_wait: 5 }, ...renamed, containerId: null });
  });

  it('without a name are listed by their number', async () => {
    const agent = await tell([taken(at(10), 5, 0)]);
    expect((await list(agent)).items[1]).toMatchObject({ id: 5, inode: null, name: null });
  });

  it('are those seen in the day before the host was, unless asked for more', async () => {
    const agent = await tell([taken(NOW - 2 * DAY_MS, 3, 0), taken(NOW, 4, 0)]);
    const ids = async (query = '') => (await list(agent, query)).items.map(({ id }) => id);
    expect(await ids()).toEqual([0, 4]);
    expect(await ids(`?seenSince=${iso(NOW - 3 * DAY_MS)}`)).toEqual([0, 3, 4]);
  });

  it('are paged without loss', async () => {
    const agent = await tell([1, 2, 3, 4, 5, 6].map((netns) => taken(at(10 + netns), netns, 0)));
    const found: number[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await list(agent, `?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`);
      found.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(found).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('have their connections and series to themselves', async () => {
    const agent = await tell([
      taken(at(100), 0, 0),
      taken(at(105), 3, 1, { connections: [buildConnection('socket-aaaa', at(10))] }),
    ]);
    const connections = (netns: number) =>
      api.read<Page<unknown>>(cookie, `/api/v1/hosts/${agent.agentId}/connections?netns=${netns}`);
    expect([(await connections(0)).items.length, (await connections(3)).items.length]).toEqual([0, 1]);
  });
});

describe('a namespace that is gone', () => {
  it('loses its details after a day, its name past retention, and the host’s own loses nothing', async () => {
    const details = { evidence: [buildEvidence(buildProcess(1))] };
    const agent = await tell([
      taken(NOW - 2 * DAY_MS, 0, 0, details),
      taken(NOW - 2 * DAY_MS, 3, 0, { ...details, namespace: shop }),
      taken(NOW - 34 * DAY_MS, 4, 0, details),
      taken(NOW, 5, 0, details),
    ]);
    // As if it had been told the day before yesterday: nothing that old is taken any more.
    await database.query(`UPDATE netns SET last_seen_at = last_seen_at - interval '2 days' WHERE netns_id = 4`);
    await api.app.get(NamespaceRetention).forget();
    const sections = await database.query<{ netns_id: number }>(
      'SELECT netns_id FROM section_latest JOIN host USING (host_id) WHERE agent_id = $1 ORDER BY netns_id',
      [agent.agentId],
    );
    expect(sections.map(({ netns_id }) => netns_id)).toEqual([0, 5]);
    const { items } = await list(agent, '?seenSince=1970-01-01T00:00:00.000Z');
    expect(items.map(({ id, name }) => [id, name])).toEqual([
      [0, null],
      [3, 'shop'],
      [5, null],
    ]);
  });
});
