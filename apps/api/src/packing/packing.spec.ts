import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TCP_STATES } from '@closewatch/socket-states';
import { type Push, type Snapshot } from '@closewatch/protocol';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../database/data-source.ts';
import { readSnapshots } from '../testing/whole-series.ts';
import { buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { PACKER_LOCK } from './packing.queries.ts';
import { PackingService } from './packing.service.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** The first hour of a day that is over. */
const DAY = Math.floor(Date.now() / DAY_MS) * DAY_MS - 2 * DAY_MS;

let database: TestDatabase;
let dataSource: DataSource;
let api: TestApi;
let packing: PackingService;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await new DataSource(dataSourceOptions(database.url)).initialize();
  await setBack();
  api = await TestApi.start({ databaseUrl: database.url });
  packing = api.app.get(PackingService);
});

beforeEach(() => setBack());

afterAll(async () => {
  await dataSource?.destroy();
  await api?.stop();
  await database?.drop();
});

/** As if nothing since DAY had been packed. */
async function setBack(): Promise<void> {
  await database.query('UPDATE packing SET closed_until = $1, packed_until = $1', [iso(DAY)]);
}

function taken(at: number, overrides: Partial<Snapshot> = {}): Snapshot {
  const counts = { established: Math.floor(at / 1_000) % 97, close_wait: at % 7 } as Snapshot['counts'];
  return buildSnapshot({ takenAt: iso(at), seq: Math.floor(at / 1_000), counts, ...overrides });
}

const tell = (push: Push, ...snapshots: Snapshot[]) => api.pushed({ ...push, snapshots });

async function hostIdOf({ agentId }: Push): Promise<number> {
  const rows = await database.query<{ id: number }>('SELECT host_id AS id FROM host WHERE agent_id = $1', [agentId]);
  return rows[0]?.id ?? 0;
}

/** The series of a host; the run of each snapshot by its name. */
async function seriesOf(push: Push, netns = 0) {
  const range = { hostId: await hostIdOf(push), netns, from: DAY, to: DAY + 2 * DAY_MS };
  const { runIds, run, ...columns } = await readSnapshots(dataSource.manager, range);
  return { ...columns, runs: Array.from(run, (index) => runIds[index]) };
}

async function countOf(table: string, push: Push): Promise<number> {
  const rows = await database.query<{ n: number }>(`SELECT count(*)::integer AS n FROM ${table} WHERE host_id = $1`, [
    await hostIdOf(push),
  ]);
  return rows[0]?.n ?? 0;
}

describe('packing', () => {
  it('leaves every series as it was, and reads it from packs', async () => {
    const [one, two] = [buildPush(), buildPush()];
    const instants = Array.from({ length: 60 }, (_, index) => DAY + index * 3 * MINUTE_MS + (index % 3));
    await tell(one, ...instants.map((at) => taken(at)), taken(DAY + 5_000, { netns: 4, complete: false }));
    await tell(two, taken(DAY + 1_000, { seq: Number.MAX_SAFE_INTEGER, counts: {} as never }));
    await tell({ ...one, runId: two.runId }, taken(DAY + 40 * MINUTE_MS + 500, { intervalMs: 10_000 }));
    const before = [await seriesOf(one), await seriesOf(one, 4), await seriesOf(two)];
    expect(before.map(({ takenAt }) => takenAt.length)).toEqual([61, 1, 1]);
    await packing.packUntil(DAY + 3 * HOUR_MS + 15 * MINUTE_MS);
    expect([await seriesOf(one), await seriesOf(one, 4), await seriesOf(two)]).toEqual(before);
    await database.query('DELETE FROM snapshot WHERE host_id = ANY($1)', [[await hostIdOf(one), await hostIdOf(two)]]);
    expect([await seriesOf(one), await seriesOf(one, 4), await seriesOf(two)]).toEqual(before);
    expect(await countOf('snapshot_pack', one)).toBe(4);
  });

  it('leaves alone what has not ended 15 minutes ago', async () => {
    const push = buildPush();
    await tell(push, taken(DAY + 5_000), taken(DAY + HOUR_MS + 5_000));
    await packing.packUntil(DAY + 2 * HOUR_MS + 15 * MINUTE_MS - 1);
    expect(await countOf('snapshot_pack', push)).toBe(1);
    expect(await database.query('SELECT closed_until, packed_until FROM packing')).toEqual([
      { closed_until: new Date(DAY + HOUR_MS), packed_until: new Date(DAY + HOUR_MS) },
    ]);
  });

  it('sums up each hour: of each state how often it was counted, the least, the mean and the greatest', async () => {
    const push = buildPush();
    const counts = [4, 1, null, 7].map((count) => ({ close_wait: count }) as Snapshot['counts']);
    await tell(push, ...counts.map((states, index) => taken(DAY + index * 1_000, { counts: states })));
    await packing.packUntil(DAY + 2 * HOUR_MS);
    const state = TCP_STATES.indexOf('close_wait') + 1;
    const rollups = await database.query(
      `SELECT samples, measured[$2] AS measured, least[$2] AS least, mean[$2] AS mean, greatest[$2] AS greatest,
              measured[$3] AS "notMeasured", least[$3] AS nothing
         FROM snapshot_rollup WHERE host_id = $1`,
      [await hostIdOf(push), state, TCP_STATES.indexOf('closing') + 1],
    );
    expect(rollups).toEqual([
      { samples: 4, measured: 3, least: 1, mean: 4, greatest: 7, notMeasured: 0, nothing: null },
    ]);
  });

  it('merges what comes late, and drops what it repeats', async () => {
    const push = buildPush();
    const early = taken(DAY + 5_000);
    await tell(push, early, taken(DAY + HOUR_MS + 5_000));
    await packing.packUntil(DAY + 3 * HOUR_MS);
    const late = [taken(DAY + 2_000, { counts: { close_wait: 40 } as never }), taken(DAY + 30 * MINUTE_MS)];
    expect(await tell(push, ...late, early)).toMatchObject({ accepted: 2, duplicate: 1 });
    const before = await seriesOf(push);
    expect(before.takenAt).toHaveLength(4);
    await packing.packUntil(DAY + 3 * HOUR_MS);
    expect(await countOf('snapshot_late', push)).toBe(0);
    expect(await seriesOf(push)).toEqual(before);
    expect(await tell(push, ...late, early)).toMatchObject({ accepted: 0, duplicate: 3 });
    const rollups = await database.query<{ samples: number; greatest: number[] }>(
      'SELECT samples, greatest FROM snapshot_rollup WHERE host_id = $1 ORDER BY hour',
      [await hostIdOf(push)],
    );
    expect(rollups).toMatchObject([{ samples: 3 }, { samples: 1 }]);
    expect(rollups[0]?.greatest[TCP_STATES.indexOf('close_wait')]).toBe(40);
  });

  it('takes late snapshots of hours and days of which nothing is packed', async () => {
    const push = buildPush();
    await packing.packUntil(DAY + DAY_MS);
    const instants = [DAY - 9 * DAY_MS, DAY - DAY_MS + 1, DAY - DAY_MS + 5 * HOUR_MS, DAY + 3_000];
    expect(await tell(push, ...instants.map((at) => taken(at)))).toMatchObject({ accepted: 4 });
    await packing.packUntil(DAY + DAY_MS);
    expect([await countOf('snapshot_late', push), await countOf('snapshot_pack', push)]).toEqual([0, 4]);
  });

  it('does the same again when it was cut off before it had come to the end of an hour', async () => {
    const push = buildPush();
    await tell(push, taken(DAY + 5_000), taken(DAY + 6_000));
    await packing.packUntil(DAY + 2 * HOUR_MS);
    const before = await seriesOf(push);
    // As if the packer had been killed before it wrote how far it was.
    await database.query('UPDATE packing SET packed_until = $1', [iso(DAY)]);
    await database.query("UPDATE snapshot_pack SET content = 'half' WHERE host_id = $1", [await hostIdOf(push)]);
    expect(await seriesOf(push)).toEqual(before);
    await packing.packUntil(DAY + 2 * HOUR_MS);
    expect(await seriesOf(push)).toEqual(before);
  });

  it('drops a day of rows a round after all of it is packed, and does not make its partition again', async () => {
    const push = buildPush();
    await tell(push, taken(DAY + 5_000), taken(DAY + DAY_MS + 5_000));
    const before = await seriesOf(push);
    await packing.packUntil(DAY + DAY_MS + 15 * MINUTE_MS);
    expect(await countOf('snapshot', push)).toBe(2);
    await packing.packUntil(DAY + DAY_MS + 15 * MINUTE_MS);
    expect(await countOf('snapshot', push)).toBe(1);
    expect(await tell(push, taken(DAY + 5_000), taken(DAY + 7_000))).toMatchObject({ accepted: 1, duplicate: 1 });
    const partition = `snapshot_p${iso(DAY).slice(0, 10).replaceAll('-', '')}`;
    expect(await database.query('SELECT to_regclass($1) AS name', [partition])).toEqual([{ name: null }]);
    expect((await seriesOf(push)).takenAt).toEqual(
      Float64Array.from([...before.takenAt, DAY + 7_000].toSorted((a, b) => a - b)),
    );
  });

  it('is done by one at a time', async () => {
    const other = dataSource.createQueryRunner();
    await other.query('SELECT pg_advisory_lock($1)', [PACKER_LOCK]);
    expect(await packing.packIfFree(DAY)).toBe(false);
    const waiting = packing.packUntil(DAY + 2 * HOUR_MS);
    await other.query('SELECT pg_advisory_unlock($1)', [PACKER_LOCK]);
    await other.release();
    await waiting;
    expect(await packing.packIfFree(DAY)).toBe(true);
    expect(await database.query('SELECT packed_until FROM packing')).toEqual([
      { packed_until: new Date(DAY + HOUR_MS) },
    ]);
  });

  it('goes on after a pack that cannot be read, whose late rows stay', async () => {
    const [damaged, sound] = [buildPush(), buildPush()];
    for (const push of [damaged, sound]) await tell(push, taken(DAY + 5_000));
    await packing.packUntil(DAY + 2 * HOUR_MS);
    await database.query("UPDATE snapshot_pack SET content = 'half' WHERE host_id = $1", [await hostIdOf(damaged)]);
    for (const push of [damaged, sound]) await tell(push, taken(DAY + 6_000));
    await packing.packUntil(DAY + 2 * HOUR_MS);
    expect([await countOf('snapshot_late', damaged), await countOf('snapshot_late', sound)]).toEqual([1, 0]);
  });
});
