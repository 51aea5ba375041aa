import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Push } from '@closewatch/protocol';
import { buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const HOUR_MS = 3_600_000;
/** The beginning of an hour that is over. */
const HOUR = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 3 * HOUR_MS;

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.query('UPDATE packing SET closed_until = $1, packed_until = $1', [iso(HOUR)]);
  api = await TestApi.start({ databaseUrl: database.url });
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

const close = (until: number) => database.query('UPDATE packing SET closed_until = $1', [iso(until)]);

function tell(push: Push, ...instants: number[]) {
  return api.pushed({ ...push, snapshots: instants.map((at) => buildSnapshot({ takenAt: iso(at) })) });
}

async function rowsOf(table: string, { agentId }: Push): Promise<string[]> {
  const rows = await database.query<{ at: Date }>(
    `SELECT taken_at AS at FROM ${table} JOIN host USING (host_id) WHERE agent_id = $1 ORDER BY taken_at`,
    [agentId],
  );
  return rows.map(({ at }) => at.toISOString());
}

describe('snapshots of an hour that is closed', () => {
  it('go to the late table, in a push with others that do not', async () => {
    const push = buildPush();
    await close(HOUR + HOUR_MS);
    const answer = await tell(push, HOUR + 5_000, HOUR + HOUR_MS - 1, HOUR + HOUR_MS, HOUR - 40 * 60_000);
    expect(answer).toMatchObject({ accepted: 4, duplicate: 0 });
    expect(await rowsOf('snapshot_late', push)).toEqual(
      [HOUR - 40 * 60_000, HOUR + 5_000, HOUR + HOUR_MS - 1].map(iso),
    );
    expect(await rowsOf('snapshot', push)).toEqual([iso(HOUR + HOUR_MS)]);
  });

  it('are duplicates of what came before the hour was closed, and of what came late', async () => {
    const push = buildPush();
    const at = HOUR + HOUR_MS + 60_000;
    await tell(push, at);
    await close(HOUR + 2 * HOUR_MS);
    expect(await tell(push, at, at + 1)).toMatchObject({ accepted: 1, duplicate: 1 });
    expect(await tell(push, at + 1, at)).toMatchObject({ accepted: 0, duplicate: 2 });
    expect(await rowsOf('snapshot_late', push)).toEqual([iso(at + 1)]);
    expect(await rowsOf('snapshot', push)).toEqual([iso(at)]);
  });

  it('need no partition for rows', async () => {
    const day = HOUR - 20 * 24 * HOUR_MS;
    expect(await tell(buildPush(), day)).toMatchObject({ accepted: 1 });
    const partition = `snapshot_p${iso(day).slice(0, 10).replaceAll('-', '')}`;
    expect(await database.query('SELECT to_regclass($1) AS name', [partition])).toEqual([{ name: null }]);
  });
});
