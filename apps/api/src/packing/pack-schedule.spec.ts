import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const HOUR_MS = 3_600_000;
const HOUR = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 3 * HOUR_MS;

let database: TestDatabase;
let apis: TestApi[];

beforeEach(async () => {
  database = await createTestDatabase();
  await database.query('UPDATE packing SET closed_until = $1, packed_until = $1', [iso(HOUR)]);
  apis = [];
});

afterEach(async () => {
  for (const api of apis) await api.stop();
  await database?.drop();
});

async function start(): Promise<TestApi> {
  const api = await TestApi.start({ databaseUrl: database.url, takesJobs: true });
  apis.push(api);
  return api;
}

/** Jobs can be taken, and cron is at work. */
async function scheduled(): Promise<void> {
  await until('SELECT FROM pg_tables WHERE tablename = $1', ['_private_known_crontabs']);
  await until('SELECT FROM graphile_worker._private_known_crontabs');
}

/** As cron does every five minutes. */
async function addJob(): Promise<void> {
  await scheduled();
  await database.query("SELECT graphile_worker.add_job('pack', job_key => 'pack')");
}

/** Waits until a query finds something. */
async function until(query: string, values: unknown[] = []): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    if ((await database.query(query, values)).length > 0) return;
    await sleep(50);
  }
  throw new Error(`In vain: ${query}`);
}

const packed = () => until('SELECT FROM packing WHERE packed_until > $1', [iso(HOUR)]);

describe('a server that takes jobs', () => {
  it('packs when a job says so, and closes all its connections when it stops', async () => {
    const api = await start();
    await api.pushed(buildPush({ snapshots: [buildSnapshot({ takenAt: iso(HOUR + 5_000) })] }));
    await addJob();
    await packed();
    expect(await database.query('SELECT samples FROM snapshot_pack')).toEqual([{ samples: 1 }]);
    await until('SELECT WHERE NOT EXISTS (SELECT FROM graphile_worker.jobs)');
  });

  it('is scheduled once, however many servers there are', async () => {
    await Promise.all([start(), start()]);
    await scheduled();
    expect(await database.query('SELECT identifier FROM graphile_worker._private_known_crontabs')).toEqual([
      { identifier: 'pack' },
    ]);
  });

  it('goes on after its connections were cut', async () => {
    await start();
    await addJob();
    await packed();
    await database.query('UPDATE packing SET closed_until = $1, packed_until = $1', [iso(HOUR)]);
    await database.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'closewatch-packing'",
    );
    await addJob();
    await packed();
  });
});
