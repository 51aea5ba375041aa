import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type FleetAt, FleetAtSchema, StateCountsSchema } from '@closewatch/protocol';
import { encodeCursor } from '../paging/page-cursor.ts';
import { buildConnection, buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { type ShelvedSnapshot, SnapshotShelf } from '../testing/snapshot-shelf.ts';
import { errorOf, TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const HOUR_MS = 3_600_000;
/** A whole hour some time ago. */
const HOUR = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 8 * HOUR_MS;
const RUN = randomUUID();

let database: TestDatabase;
let api: TestApi;
let cookie: string;
let shelf: SnapshotShelf;
/** host_id by hostname. */
let ids: Map<string, number>;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url });
  cookie = await api.signIn();
  for (const hostname of ['c', 'a', 'b']) {
    const push = buildPush({ snapshots: [buildSnapshot({ takenAt: iso(HOUR - 7 * HOUR_MS) })] });
    await api.pushed({ ...push, agent: { ...push.agent, hostname } });
  }
  const rows = await database.query<{ hostname: string; id: number }>('SELECT hostname, host_id AS id FROM host');
  ids = new Map(rows.map(({ hostname, id }) => [hostname, id]));
  shelf = await SnapshotShelf.open(database.url);
  await shelf.makePartitions(HOUR - 8 * HOUR_MS, 12);
});

beforeEach(async () => {
  await shelf.clear();
  await shelf.setPackedUntil(HOUR - 8 * HOUR_MS);
});

afterAll(async () => {
  await shelf?.close();
  await api?.stop();
  await database?.drop();
});

const idOf = (hostname: string): number => ids.get(hostname) ?? -1;

function snapshot(takenAt: number, established: number, intervalMs = 10_000): ShelvedSnapshot {
  const counts = StateCountsSchema.parse({ established, close_wait: 2 });
  return { takenAt, standsAt: takenAt, intervalMs, seq: 0, complete: true, runId: RUN, counts };
}

async function fleet(query: string): Promise<FleetAt> {
  return FleetAtSchema.parse(await api.read(cookie, `/api/v1/fleet?${query}`));
}

/** What is told of each host: its status and how many were established. */
async function toldAt(at: number): Promise<Record<string, unknown>> {
  const { items } = await fleet(`at=${iso(at)}`);
  return Object.fromEntries(
    items.map(({ hostname, status, takenAt, counts }) => [
      hostname,
      takenAt === null ? status : `${status} ${counts?.established} ${Date.parse(takenAt) - at}`,
    ]),
  );
}

describe('GET /fleet?at=', () => {
  it.each([
    ['rows', HOUR - HOUR_MS],
    ['the pack of the hour', HOUR + HOUR_MS],
    ['packs up to the hour and rows of it', HOUR],
  ])('tells of each host the newest snapshot at or before an instant, from %s', async (_what, packedUntil) => {
    await shelf.setPackedUntil(packedUntil);
    const put = async (host: string, snapshots: ShelvedSnapshot[]) => {
      const [packed, rows] = [snapshots.filter(({ takenAt }) => takenAt < packedUntil), snapshots];
      await shelf.putPacks(idOf(host), 0, packed);
      await shelf.putRows('snapshot', idOf(host), 0, rows);
    };
    await put('a', [snapshot(HOUR - 5_000, 1), snapshot(HOUR + 5_000, 2), snapshot(HOUR + 15_000, 3)]);
    await put('b', [snapshot(HOUR - 20_000, 4), snapshot(HOUR + 20_000, 5)]);
    await put('c', [snapshot(HOUR - 1_800_000, 6, 300_000), snapshot(HOUR + 1_900_000, 7, 300_000)]);
    expect(await toldAt(HOUR + 15_000)).toEqual({ a: 'live 3 0', b: 'stale 4 -35000', c: 'silent' });
    expect(await toldAt(HOUR + 14_999)).toEqual({ a: 'live 2 -9999', b: 'stale 4 -34999', c: 'silent' });
    // In the first seconds of the hour all of them are told by the hour before.
    expect(await toldAt(HOUR)).toEqual({ a: 'live 1 -5000', b: 'live 4 -20000', c: 'stale 6 -1800000' });
  });

  it('tells a late snapshot where it is the newest', async () => {
    await shelf.setPackedUntil(HOUR + HOUR_MS);
    await shelf.putPacks(idOf('a'), 0, [snapshot(HOUR + 10_000, 1), snapshot(HOUR + 30_000, 3)]);
    await shelf.putRows('snapshot_late', idOf('a'), 0, [snapshot(HOUR + 20_000, 2)]);
    await shelf.putRows('snapshot_late', idOf('b'), 0, [snapshot(HOUR - 100, 9)]);
    expect(await toldAt(HOUR + 20_000)).toMatchObject({ a: 'live 2 0', b: 'live 9 -20100' });
    expect(await toldAt(HOUR + 30_000)).toMatchObject({ a: 'live 3 0' });
  });

  it('is not led to a late snapshot where the hour before has a newer one', async () => {
    await shelf.setPackedUntil(HOUR + HOUR_MS);
    await shelf.putPacks(idOf('a'), 0, [snapshot(HOUR - 10_000, 1), snapshot(HOUR + 30_000, 3)]);
    await shelf.putRows('snapshot_late', idOf('a'), 0, [snapshot(HOUR - 20_000, 2)]);
    expect(await toldAt(HOUR)).toMatchObject({ a: 'live 1 -10000' });
  });

  it('tells nothing of hosts that were not known yet', async () => {
    expect(await toldAt(HOUR - 8 * HOUR_MS)).toEqual({});
    expect(await toldAt(HOUR - 7 * HOUR_MS)).toEqual({ a: 'silent', b: 'silent', c: 'silent' });
  });

  it('leaves the counts of silent hosts out of the totals', async () => {
    await shelf.putRows('snapshot', idOf('a'), 0, [snapshot(HOUR, 10)]);
    await shelf.putRows('snapshot', idOf('b'), 0, [snapshot(HOUR - 30_001, 20)]);
    await shelf.putRows('snapshot', idOf('c'), 0, [snapshot(HOUR - 60_001, 40)]);
    const { totals } = await fleet(`at=${iso(HOUR)}`);
    expect(totals).toMatchObject({
      hosts: { live: 1, stale: 1, silent: 1 },
      counts: { established: 30, close_wait: 4, listen: null },
      closeWait: { count: 4, aged: 0 },
    });
  });

  it('tells CLOSE_WAIT as it stood then, of connections that ended since too', async () => {
    const at = Date.now();
    const { agent, ...push } = buildPush();
    const sample = (takenAt: number, sockets: string[]) =>
      buildSnapshot({
        takenAt: iso(takenAt),
        counts: { close_wait: null } as never,
        connections: sockets.map((id) => buildConnection(id, at - 120_000)),
      });
    const snapshots = [sample(at - 120_000, ['socket-1', 'socket-2']), sample(at - 10_000, ['socket-1'])];
    await api.pushed({ ...push, agent: { ...agent, hostname: 'waiting' }, snapshots });
    const closeWaitAt = async (instant: number) =>
      (await fleet(`at=${iso(instant)}`)).items.find(({ hostname }) => hostname === 'waiting')?.closeWait;
    expect(await closeWaitAt(at - 100_000)).toEqual({ count: 2, aged: 0, oldestSeconds: 20 });
    expect(await closeWaitAt(at - 60_000)).toEqual({ count: 2, aged: 2, oldestSeconds: 60 });
    expect(await closeWaitAt(at - 10_000)).toEqual({ count: 1, aged: 1, oldestSeconds: 110 });
    await database.query(`DELETE FROM host WHERE hostname = 'waiting'`);
  });

  it('pages by name, at the instant of the first page, whatever comes meanwhile', async () => {
    await shelf.putRows('snapshot', idOf('b'), 0, [snapshot(Date.now() - 1_000, 1)]);
    const first = await fleet('limit=1');
    await shelf.putRows('snapshot', idOf('b'), 0, [snapshot(Date.now(), 2)]);
    const second = await fleet(`limit=1&cursor=${first.nextCursor}`);
    const third = await fleet(`limit=1&cursor=${second.nextCursor}`);
    expect([first, second, third].map(({ items }) => items[0]?.hostname)).toEqual(['a', 'b', 'c']);
    expect(second).toMatchObject({ at: first.at, items: [{ counts: { established: 1 } }], totals: null });
    expect(first.totals?.hosts).toEqual({ live: 1, stale: 0, silent: 2 });
    expect(third.nextCursor).toBeNull();
  });

  it.each([
    ['at', 'at=2999-01-01T00:00:00Z'],
    ['at', 'at=yesterday'],
    ['limit', 'limit=0'],
    ['cursor', 'cursor=none'],
    ['cursor', `cursor=${encodeCursor([iso(HOUR), 'a\0', 1])}`],
    ['cursor', `cursor=${encodeCursor([iso(HOUR), 'a', -1])}`],
    ['cursor', `cursor=${encodeCursor(['yesterday', 'a', 1])}`],
    ['at', `cursor=${encodeCursor(['2999-01-01T00:00:00.000Z', 'a', 1])}`],
  ])('is 400 for a bad %s', async (path, query) => {
    const answer = await api.request('GET', `/api/v1/fleet?${query}`, { headers: { cookie } });
    expect(errorOf(answer)).toMatchObject({ statusCode: 400, issues: [{ path }] });
  });
});
