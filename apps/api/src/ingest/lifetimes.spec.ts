import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Connection,
  type ConnectionItem,
  ConnectionItemSchema,
  type Page,
  pageOf,
  type Push,
  type Snapshot,
} from '@closewatch/protocol';
import fc from 'fast-check';
import { PackingService } from '../packing/packing.service.ts';
import { buildConnection, buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { COLUMNS } from './lifetimes.queries.ts';

const HOUR_MS = 3_600_000;
/** In the midst of each story one hour ends and the next one begins; both have ended long ago. */
const NEXT_HOUR = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 3 * HOUR_MS;
const START = NEXT_HOUR - 35_000;
const at = (second: number): number => START + second * 1_000;
const A = 'socket-aaaa';
const B = 'socket-bbbb';

let database: TestDatabase;
let api: TestApi;
let cookie: string;

beforeAll(async () => {
  database = await createTestDatabase();
  await openHours();
  api = await TestApi.start({ databaseUrl: database.url });
  cookie = await api.signIn();
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

/** As if no hour of the stories had been packed. */
async function openHours(): Promise<void> {
  await database.query('UPDATE packing SET closed_until = $1, packed_until = $1', [iso(NEXT_HOUR - HOUR_MS)]);
}

/** Packs the hours of the stories that begin before the next one (1) or both (2), and drops their rows. */
async function packHours(hours: number): Promise<void> {
  if (hours === 0) return;
  await api.app.get(PackingService).packUntil(NEXT_HOUR + (hours - 1) * HOUR_MS + HOUR_MS / 4);
  // The packer does so when the whole day is packed.
  await database.query('DELETE FROM snapshot WHERE taken_at < (SELECT packed_until FROM packing)');
}

/** A snapshot taken at a second of the story. */
function taken(second: number, connections: Connection[], complete = true): Snapshot {
  return buildSnapshot({ seq: second, takenAt: iso(at(second)), connections, complete });
}

/** A connection that was first seen and last seen at these seconds. */
function seen(socketId: string, first: number, last: number, overrides: Partial<Connection> = {}): Connection {
  return buildConnection(socketId, at(first), { lastSeenAt: iso(at(last)), ...overrides });
}

async function tell(snapshots: Snapshot[], agent: Push = buildPush()): Promise<Push> {
  for (const snapshot of snapshots) await api.pushed({ ...agent, snapshots: [snapshot] });
  return agent;
}

function listed({ agentId }: Push, second?: number): Promise<ConnectionItem[]> {
  const query = second === undefined ? '' : `&at=${iso(at(second))}`;
  return api
    .read<Page<ConnectionItem>>(cookie, `/api/v1/hosts/${agentId}/connections?state=close_wait${query}`)
    .then(({ items }) => items);
}

const ids = (items: readonly ConnectionItem[]): string[] => items.map(({ socketId }) => socketId);

describe('lifetimes of connections', () => {
  it('are open as long as snapshots list them, with the best bounds and the newest values', async () => {
    const agent = await tell([
      taken(10, [seen(A, 10, 10, { recvQueue: 1, openedAfter: null })]),
      taken(15, [seen(A, 10, 15, { recvQueue: 512, owners: [] })]),
    ]);
    const [item] = await listed(agent);
    expect(item).toMatchObject({
      socketId: A,
      local: { address: '192.0.2.1', port: 8080 },
      peer: { address: '198.51.100.7', port: 51_234 },
      openedAfter: iso(at(9)),
      openedBefore: iso(at(10)),
      lastSeenAt: iso(at(15)),
      recvQueue: 512,
      owners: [],
      verdict: { verdict: 'unknown' },
    });
  });

  it('carry what only some sources tell, as of the newest sight, when they are open and when they have ended', async () => {
    const details = (second: number) => ({
      bytesAcked: 4_000 + second,
      lastSentAt: iso(at(second)),
      timer: { kind: 'keepalive' as const, expiresInMs: 75_000, retries: 1 },
      acceptQueue: { length: 3, limit: 128 },
    });
    const agent = await tell([
      taken(15, [seen(A, 10, 15, details(15)), seen(B, 10, 15)]),
      taken(10, [seen(A, 10, 10, details(9)), seen(B, 10, 10)]),
    ]);
    const nothing = { bytesAcked: null, lastSentAt: null, timer: null, acceptQueue: null };
    expect(await listed(agent)).toMatchObject([details(15), nothing]);
    await tell([taken(20, [])], agent);
    expect(await listed(agent, 18)).toMatchObject([details(15), nothing]);
  });

  it('end as lost at the first complete snapshot that leaves them out', async () => {
    const agent = await tell([taken(10, [seen(A, 10, 10), seen(B, 10, 10)]), taken(15, [seen(B, 10, 15)])]);
    expect(ids(await listed(agent))).toEqual([B]);
    const ended = (await listed(agent, 12)).find(({ socketId }) => socketId === A);
    expect(ended).toMatchObject({ endedAt: iso(at(15)), endedAs: 'lost' });
  });

  it('do not end by a snapshot that is not complete, nor by one of another namespace', async () => {
    const agent = await tell([taken(10, [seen(A, 10, 10)]), taken(15, [], false), { ...taken(20, []), netns: 4 }]);
    expect(ids(await listed(agent))).toEqual([A]);
  });

  it('end as the agent reports it', async () => {
    const agent = await tell([
      taken(10, [seen(A, 10, 10)]),
      taken(15, [seen(A, 10, 10, { endedAt: iso(at(14)), endedAs: 'closed' })]),
    ]);
    expect(await listed(agent)).toEqual([]);
    expect(await listed(agent, 13)).toMatchObject([{ socketId: A, endedAt: iso(at(14)), endedAs: 'closed' }]);
  });

  it('are not resurrected by a late repeat, but by a later sight', async () => {
    const agent = await tell([
      taken(10, [seen(A, 10, 10)]),
      taken(20, [seen(A, 10, 15, { endedAt: iso(at(18)), endedAs: 'closed' })]),
      taken(15, [seen(A, 10, 15)]),
    ]);
    expect(await listed(agent)).toEqual([]);
    await tell([taken(25, [seen(A, 10, 25)])], agent);
    expect(ids(await listed(agent))).toEqual([A]);
    const rows = await database.query('SELECT FROM connection_ended JOIN host USING (host_id) WHERE agent_id = $1', [
      agent.agentId,
    ]);
    expect(rows).toHaveLength(0);
  });

  it('end earlier when a complete snapshot arrives late', async () => {
    const agent = await tell([taken(10, [seen(A, 10, 10)]), taken(20, []), taken(15, [])]);
    expect(ids(await listed(agent, 14))).toEqual([A]);
    expect(await listed(agent, 16)).toEqual([]);
  });

  it('tell the age at the instant that was asked for', async () => {
    const agent = await tell([taken(10, [seen(A, 10, 10)]), taken(70, [seen(A, 10, 70)])]);
    const [item] = await listed(agent, 40);
    expect(item?.ageSeconds).toEqual({ atLeast: 30, atMost: 31 });
  });

  it('have an age that makes sense when two runs of an agent contradict each other', async () => {
    const agent = await tell([
      taken(20, [seen(A, 20, 20, { openedAfter: iso(at(18)), openedBefore: iso(at(30)) })]),
      taken(25, [seen(A, 20, 25, { openedAfter: null, openedBefore: iso(at(12)) })]),
    ]);
    for (const query of ['', `?at=${iso(at(25))}`]) {
      const path = `/api/v1/hosts/${agent.agentId}/connections${query}`;
      const [item] = pageOf(ConnectionItemSchema).parse(await api.read(cookie, path)).items;
      expect(item).toMatchObject({ openedAfter: iso(at(12)), openedBefore: iso(at(12)), firstSeenAt: iso(at(20)) });
      expect(item?.ageSeconds.atMost).toBe(item?.ageSeconds.atLeast);
    }
  });

  it('are listed as of any earlier instant', async () => {
    const agent = await tell([
      taken(10, [seen(A, 10, 10)]),
      taken(20, [seen(A, 10, 20), seen(B, 20, 20)]),
      taken(30, [seen(B, 20, 30)]),
    ]);
    expect(ids(await listed(agent, 9))).toEqual([]);
    expect(ids(await listed(agent, 10))).toEqual([A]);
    expect(ids(await listed(agent, 25))).toEqual([A, B]);
    expect(ids(await listed(agent, 30))).toEqual([B]);
    expect(ids(await listed(agent))).toEqual([B]);
  });

  it('are paged without loss', async () => {
    const all = Array.from({ length: 25 }, (_, index) => seen(`socket-${1_000 + index}`, 10 + (index % 5), 40));
    const agent = await tell([taken(40, all)]);
    const found: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const path = `/api/v1/hosts/${agent.agentId}/connections?limit=10${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const page: Page<ConnectionItem> = await api.read(cookie, path);
      found.push(...ids(page.items));
      cursor = page.nextCursor;
    }
    expect(found.toSorted()).toEqual(all.map(({ socketId }) => socketId).toSorted());
  });
});

describe('merging', () => {
  type StoredLifetime = Record<'opened_before' | 'first_seen_at' | 'last_seen_at', Date> & {
    opened_after: Date | null;
  };

  function expectBracket({ opened_after, opened_before, first_seen_at, last_seen_at }: StoredLifetime): void {
    const order = [opened_after ?? opened_before, opened_before, first_seen_at, last_seen_at].map(Number);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  }

  /** All that is known of an agent's connections, wherever it is stored. */
  async function stored(agentId: string): Promise<StoredLifetime[]> {
    return database.query<StoredLifetime>(
      `SELECT socket_id, opened_after, opened_before, known.first_seen_at, last_seen_at, listed_at, valued_at, recv_queue,
              reported_end_at, reported_end_as, details, ended_at, ended_as
         FROM (SELECT ${COLUMNS}, NULL::timestamptz AS ended_at, NULL AS ended_as FROM connection_open
               UNION ALL
               SELECT ${COLUMNS}, ended_at, ended_as FROM connection_ended) AS known
         JOIN host USING (host_id)
        WHERE agent_id = $1
        ORDER BY socket_id, ended_at`,
      [agentId],
    );
  }

  const second = fc.integer({ min: 10, max: 60 });
  const sight = (takenAt: number) =>
    fc
      .record({
        socketId: fc.constantFrom(A, B, 'socket-cccc'),
        first: fc.integer({ min: 5, max: takenAt }),
        missed: fc.integer({ min: 0, max: 6 }),
        queue: fc.integer({ min: 0, max: 9 }),
        acked: fc.option(fc.integer({ min: 0, max: 9 })),
        // What runs of an agent believe of the beginning, right or wrong.
        opened: fc.tuple(fc.option(fc.integer({ min: 0, max: 70 })), fc.integer({ min: 0, max: 70 })),
        ended: fc.option(
          fc.record({
            after: fc.integer({ min: 0, max: 4 }),
            as: fc.constantFrom('closed' as const, 'orphaned' as const),
          }),
        ),
      })
      .map(({ socketId, first, missed, queue, acked, opened: [after, before], ended }): Connection => {
        const last = Math.max(first, takenAt - missed);
        const end = ended === null ? {} : { endedAt: iso(at(last + ended.after)), endedAs: ended.as };
        const openedAfter = after === null ? null : iso(at(Math.min(after, before)));
        const bracket = { openedAfter, openedBefore: iso(at(before)) };
        return seen(socketId, first, last, { recvQueue: queue, bytesAcked: acked, ...bracket, ...end });
      });
  /** Any set of snapshots of one agent, each at its own second. */
  const story = fc
    .uniqueArray(second, { minLength: 1, maxLength: 6 })
    .chain((seconds) =>
      fc.tuple(
        ...seconds.map((when) =>
          fc
            .tuple(fc.uniqueArray(sight(when), { maxLength: 3, selector: ({ socketId }) => socketId }), fc.boolean())
            .map(([connections, complete]) => taken(when, connections, complete)),
        ),
      ),
    );

  it('gives the same lifetimes in any order, in any grouping, with any repeats, and whatever is packed in between', async () => {
    await fc.assert(
      fc.asyncProperty(
        story.chain((snapshots) =>
          fc.tuple(
            fc.constant(snapshots),
            fc.shuffledSubarray(snapshots, { minLength: snapshots.length }),
            fc.array(fc.constantFrom(...snapshots), { maxLength: 4 }),
            fc.integer({ min: 1, max: 4 }),
            fc.array(fc.constantFrom(0, 1, 2), { minLength: 1, maxLength: 4 }),
          ),
        ),
        async ([snapshots, shuffled, repeats, groupSize, packed]) => {
          await openHours();
          const inOrder = snapshots.toSorted((a, b) => a.takenAt.localeCompare(b.takenAt));
          const straight = await tell(inOrder);
          const mixed = [...repeats, ...shuffled, ...repeats];
          const crooked = buildPush({ agentId: randomUUID() });
          let accepted = 0;
          for (let index = 0; index < mixed.length; index += groupSize) {
            const group = mixed.slice(index, index + groupSize);
            accepted += (await api.pushed({ ...crooked, snapshots: group })).accepted;
            await packHours(packed[index % packed.length] ?? 0);
          }
          expect(accepted).toBe(snapshots.length);
          const known = await stored(crooked.agentId);
          expect(known).toEqual(await stored(straight.agentId));
          for (const row of known) expectBracket(row);
        },
      ),
      { numRuns: 25 },
    );
  }, 60_000);
});
