import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Push, type Snapshot } from '@closewatch/protocol';
import pg from 'pg';
import { type Sql } from '../database/data-source.ts';
import { buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { buildProcess, buildProcessTable } from '../testing/section-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { keepHoursOpen, keepLateUnmerged } from './packing.queries.ts';
import { PackingService } from './packing.service.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The first hour of a day that is over. */
const DAY = Math.floor(Date.now() / DAY_MS) * DAY_MS - 2 * DAY_MS;

let database: TestDatabase;
let api: TestApi;
let packing: PackingService;

beforeAll(async () => {
  database = await createTestDatabase();
  await setBack();
  api = await TestApi.start({ databaseUrl: database.url });
  packing = api.app.get(PackingService);
});

beforeEach(() => setBack());

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

/** As if nothing since DAY had been packed. */
async function setBack(): Promise<void> {
  await database.query('UPDATE packing SET closed_until = $1, packed_until = $1', [iso(DAY)]);
}

const taken = (at: number, more: Partial<Snapshot> = {}): Snapshot =>
  buildSnapshot({ takenAt: iso(at), seq: Math.floor(at / 1_000), ...more });
const tell = (push: Push, ...snapshots: Snapshot[]) => api.pushed({ ...push, snapshots });
const packHours = (hours: number) => packing.packUntil(DAY + hours * HOUR_MS + HOUR_MS / 4);

async function hostIdOf({ agentId }: Push): Promise<number> {
  const rows = await database.query<{ id: number }>('SELECT host_id AS id FROM host WHERE agent_id = $1', [agentId]);
  return rows[0]?.id ?? 0;
}

/** How many samples each row of a table tells of, in order; of other tables one each. */
async function samplesOf(table: string, push: Push): Promise<number[]> {
  const rows = await database.query<{ samples: number }>(
    `SELECT coalesce((to_jsonb(kept) ->> 'samples')::integer, 1) AS samples
       FROM ${table} kept WHERE host_id = $1 ORDER BY to_jsonb(kept) ->> 'hour'`,
    [await hostIdOf(push)],
  );
  return rows.map(({ samples }) => samples);
}

/** Somebody else's transaction, for as long as `during` takes. */
async function beside(begin: (sql: Sql) => Promise<void>, during: () => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query('BEGIN');
    await begin({ query: async (text, values) => (await client.query(text, values as unknown[])).rows as never });
    await during();
  } finally {
    await client.end();
  }
}

describe('a round of packing', () => {
  it('leaves the rollup of an hour alone whose pack has gone', async () => {
    const push = buildPush();
    await tell(push, ...[1, 2, 3].map((second) => taken(DAY + second * 1_000)));
    await packHours(1);
    await database.query('DELETE FROM snapshot_pack WHERE host_id = $1', [await hostIdOf(push)]);
    await database.query('DELETE FROM snapshot WHERE host_id = $1', [await hostIdOf(push)]);
    await tell(push, taken(DAY + 2_000));
    await packHours(1);
    expect([await samplesOf('snapshot_pack', push), await samplesOf('snapshot_rollup', push)]).toEqual([[1], [3]]);
    await tell(push, ...[4, 5, 6, 7].map((second) => taken(DAY + second * 1_000)));
    await packHours(1);
    expect([await samplesOf('snapshot_pack', push), await samplesOf('snapshot_rollup', push)]).toEqual([[5], [5]]);
  });

  it('goes on with what is closed and late while hours cannot be closed', async () => {
    const push = buildPush();
    await tell(push, taken(DAY + 1_000), taken(DAY + HOUR_MS));
    await packHours(1);
    await tell(push, taken(DAY + 2_000));
    await beside(keepHoursOpen, () => packHours(2));
    expect(await samplesOf('snapshot_pack', push)).toEqual([2]);
    expect(await samplesOf('snapshot_late', push)).toEqual([]);
    await packHours(2);
    expect(await samplesOf('snapshot_pack', push)).toEqual([2, 1]);
  });

  it('makes partitions again that somebody dropped', async () => {
    const push = buildPush();
    const drop = () => database.query(`DROP TABLE snapshot_pack_p${iso(DAY).slice(0, 10).replaceAll('-', '')}`);
    await tell(push, taken(DAY + 1_000));
    await packHours(1);
    await drop();
    await setBack();
    await packHours(1);
    expect(await samplesOf('snapshot_pack', push)).toEqual([1]);
    await tell(push, taken(DAY + 2_000));
    await drop();
    await packHours(1);
    expect(await samplesOf('snapshot_pack', push)).toEqual([1]);
    expect(await samplesOf('snapshot_late', push)).toEqual([]);
  });

  it('passes over late snapshots that the database does not take', async () => {
    const [refused, sound] = [buildPush(), buildPush()];
    for (const push of [refused, sound]) await tell(push, taken(DAY + 1_000));
    await packHours(1);
    for (const push of [refused, sound]) await tell(push, taken(DAY + 2_000));
    const hostId = await hostIdOf(refused);
    await database.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'never'; END $$`,
    );
    await database.query(
      `CREATE TRIGGER refuse BEFORE UPDATE ON snapshot_pack FOR EACH ROW WHEN (new.host_id = ${hostId}) EXECUTE FUNCTION refuse()`,
    );
    await packHours(1);
    expect([await samplesOf('snapshot_late', refused), await samplesOf('snapshot_late', sound)]).toEqual([[1], []]);
    await database.query('DROP FUNCTION refuse CASCADE');
    await packHours(1);
    expect(await samplesOf('snapshot_late', refused)).toEqual([]);
  });

  it('merges late samples of processes, hour by hour, while late snapshots of their host are stored', async () => {
    const push = buildPush();
    await packHours(3);
    const processes = buildProcessTable([buildProcess(10)]);
    const instants = [DAY + 1_000, DAY + 31_000, DAY + 2 * HOUR_MS];
    await tell(push, ...instants.map((at) => taken(at, { processes })));
    const hostId = await hostIdOf(push);
    expect(await samplesOf('process_late', push)).toEqual([1, 1, 1]);
    // Snapshots themselves would wait.
    await database.query('DELETE FROM snapshot_late WHERE host_id = $1', [hostId]);
    await beside(
      (sql) => keepLateUnmerged(sql, [hostId]),
      () => packHours(3),
    );
    expect([await samplesOf('process_late', push), await samplesOf('process_pack', push)]).toEqual([[], [2, 1]]);
  });
});
