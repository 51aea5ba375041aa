import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Retention, RetentionSchema, RETENTION_KINDS, type RetentionItem } from '@closewatch/protocol';
import { partitionOf } from '../database/partitions.queries.ts';
import { buildConnection, buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { errorOf, TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { KeptDays } from './kept-days.ts';

const DAY_MS = 86_400_000;
const NOW = Date.now();
const TODAY = Math.floor(NOW / DAY_MS) * DAY_MS;

let database: TestDatabase;
let api: TestApi;
let other: TestApi;
let cookie: string;

beforeAll(async () => {
  database = await createTestDatabase();
  // Servers of one database have one token for agents.
  const environment = { CLOSEWATCH_TOKEN: 'a-token-of-both-servers' };
  api = await TestApi.start({ databaseUrl: database.url, environment });
  other = await TestApi.start({ databaseUrl: database.url, environment });
  cookie = await api.signIn();
});

afterAll(async () => {
  await other?.stop();
  await api?.stop();
  await database?.drop();
});

async function read(): Promise<Retention> {
  return RetentionSchema.parse(await api.read(cookie, '/api/v1/retention'));
}

async function kind(name: string): Promise<RetentionItem> {
  const item = (await read()).items.find((one) => one.kind === name);
  if (item === undefined) throw new Error(`${name} is not told of`);
  return item;
}

function set(name: string, keepDays: unknown, headers: Record<string, string> = { cookie }) {
  return api.request<RetentionItem>('PUT', `/api/v1/retention/${name}`, { body: { keepDays }, headers });
}

/** Fills the partition of a day some days ago with about so many bytes of pack. */
async function pack(daysAgo: number, bytes: number): Promise<void> {
  const first = partitionOf('snapshot_pack', TODAY - daysAgo * DAY_MS);
  const next = partitionOf('snapshot_pack', TODAY - (daysAgo - 1) * DAY_MS);
  const name = `snapshot_pack_p${first.replaceAll('-', '')}`;
  await database.query(
    `CREATE TABLE IF NOT EXISTS ${name} PARTITION OF snapshot_pack FOR VALUES FROM ('${first} 00:00:00+00') TO ('${next} 00:00:00+00')`,
  );
  await database.query(
    `INSERT INTO snapshot_pack (host_id, netns_id, hour, samples, run_ids, content)
     SELECT 1, 0, $1::timestamptz + hour * interval '1 hour', 360, '{}', convert_to(repeat('x', $2 / 24), 'UTF8')
       FROM generate_series(0, 23) AS hour`,
    [`${first} 00:00:00+00`, bytes],
  );
  await database.query(`ANALYZE ${name}`);
}

async function partitions(table: string): Promise<string[]> {
  const rows = await database.query<{ name: string }>(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1`,
    [table],
  );
  return rows.map(({ name }) => name);
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`did not come true in 5 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('retention', () => {
  it('tells of each kind how long it is kept, and of the disk', async () => {
    const { items, total } = await read();
    expect(items.map((item) => item.kind)).toEqual([...RETENTION_KINDS]);
    expect(items.map(({ keepDays }) => keepDays)).toEqual([35, 400, 35, 35, 35, 35, 730]);
    expect(items.every(({ changedAt, oldest }) => changedAt === null && oldest === null)).toBe(true);
    expect(total.bytes).toBe(items.reduce((sum, { bytes }) => sum + bytes, 0));
    expect(total.forecastBytes).toBeNull();
    expect(total.disk?.freeBytes).toBeLessThanOrEqual(total.disk?.sizeBytes ?? 0);
  });

  it('measures the last full days, and forecasts by them', async () => {
    await pack(3, 480_000);
    await pack(2, 960_000);
    await pack(1, 960_000);
    await pack(0, 4_800_000);
    const item = await kind('snapshots');
    const days = item.parts.map(({ bytes }) => bytes);
    expect(days).toHaveLength(4);
    expect(item.oldest).toBe(iso(TODAY - 3 * DAY_MS));
    expect(item.parts[0]?.until).toBe(iso(TODAY - 2 * DAY_MS));
    expect(item.rows).toBe(96);
    const measured = ((days[0] ?? 0) + (days[1] ?? 0) + (days[2] ?? 0)) / 3;
    expect(measured).toBeGreaterThan(800_000);
    expect(item.bytesPerDay).toBeCloseTo(measured);
    expect(item.forecastBytes).toBeCloseTo(item.standingBytes + 35 * measured);
  });

  it('drops whole partitions of a kind once it is set shorter, and no others', async () => {
    const hot = await partitions('snapshot');
    const before = await partitions('snapshot_pack');
    const { status, body } = await set('snapshots', 1);
    expect({ status, keepDays: body.keepDays, kind: body.kind }).toEqual({
      status: 200,
      keepDays: 1,
      kind: 'snapshots',
    });
    expect(body.changedAt).not.toBeNull();
    await until('older packs are gone', async () => (await kind('snapshots')).parts.length <= 3);
    const gone = before.filter((name) =>
      name.endsWith(partitionOf('snapshot_pack', TODAY - 3 * DAY_MS).replaceAll('-', '')),
    );
    expect(gone).toHaveLength(1);
    expect(await partitions('snapshot_pack')).not.toEqual(expect.arrayContaining(gone));
    expect(await partitions('snapshot')).toEqual(hot);
    expect((await kind('processes')).keepDays).toBe(35);
  });

  it('is known to another server once that looks, without a restart', async () => {
    await set('events', 77);
    const kept = other.app.get(KeptDays);
    expect(kept.of('events')).toBe(35);
    await kept.refresh();
    expect(kept.of('events')).toBe(77);
  });

  it('decides how old a push may be, in words', async () => {
    await set('snapshots', 2);
    await set('processes', 50);
    await set('ports', 3);
    await set('connections', 40);
    const takenAt = (daysAgo: number) => iso(Date.now() - daysAgo * DAY_MS);
    const ended = (daysAgo: number) =>
      buildSnapshot({
        connections: [
          buildConnection('socket-0001', Date.now() - daysAgo * DAY_MS, {
            endedAt: takenAt(daysAgo),
            endedAs: 'closed',
          }),
        ],
      });
    const answer = await api.pushed(
      buildPush({
        snapshots: [
          buildSnapshot({ seq: 0, takenAt: takenAt(49) }),
          buildSnapshot({ seq: 1, takenAt: takenAt(51) }),
          { ...ended(39), seq: 2 },
          { ...ended(41), seq: 3 },
        ],
      }),
    );
    expect(answer.accepted).toBe(2);
    expect(answer.rejected).toEqual([
      { index: 1, issues: [{ path: 'takenAt', message: 'must not be older than the retention of 50 days' }] },
      {
        index: 3,
        issues: [{ path: 'connections.0.endedAt', message: 'must not be older than the retention of 40 days' }],
      },
    ]);
  });

  it.each([0, -1, 3_651, 1.5, '30', null])('refuses to keep anything for %p days', async (keepDays) => {
    const answer = await set('rollups', keepDays);
    expect(answer.status).toBe(400);
    expect(errorOf(answer).issues).toEqual([
      { path: 'keepDays', message: 'must be a whole number of days from 1 to 3650' },
    ]);
  });

  it('knows no other kinds', async () => {
    expect((await set('snapshot', 30)).status).toBe(400);
  });

  it('is for people, and changed by administrators alone', async () => {
    expect((await set('events', 30, {})).status).toBe(401);
    expect((await set('events', 30, { authorization: `Bearer ${api.agentToken}` })).status).toBe(403);
    await database.query(`UPDATE session SET role = 'viewer'`);
    const viewer = (await other.request('GET', '/api/v1/retention', { headers: { cookie } })).status;
    const refused = await other.request('PUT', '/api/v1/retention/events', {
      body: { keepDays: 30 },
      headers: { cookie },
    });
    await database.query(`UPDATE session SET role = 'admin'`);
    expect({ viewer, refused: errorOf(refused).message }).toEqual({
      viewer: 200,
      refused: 'Only an administrator may change how long data are kept.',
    });
  });
});
