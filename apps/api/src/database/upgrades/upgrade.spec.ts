import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import pg from 'pg';
import { buildPush, buildSnapshot } from '../../testing/push-builder.ts';
import {
  ExampleContract1899999200000,
  ExampleExpand1899999000000,
  exampleBackfill,
  ExampleIndex1899999100000,
} from '../../testing/example-upgrade.ts';
import { TestApi } from '../../testing/test-api.ts';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';
import { dataSourceOptions, migrate } from '../data-source.ts';
import { runBackfill } from './backfill.ts';

/** How long another session holds the table that is to be changed: a backup, somebody's psql. */
const HELD_MS = 2_500;
/** No push takes longer while the schema changes; without giving up the lock in between it would be HELD_MS. */
const SLOWEST_MS = 1_500;
const AGENTS = 3;

describe('an upgrade while agents push', () => {
  let database: TestDatabase;
  let api: TestApi;
  let upgrade: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase();
    api = await TestApi.start({ databaseUrl: database.url });
    upgrade = await new DataSource({ ...dataSourceOptions(database.url), migrations: [] }).initialize();
  });

  afterAll(async () => {
    await upgrade?.destroy();
    await api?.stop();
    await database?.drop();
  });

  /** Brings the schema up to date, as the next release does when it starts beside this one. */
  async function migrateWith(...migrations: (new () => { up: unknown })[]): Promise<void> {
    const next = await new DataSource({
      ...dataSourceOptions(database.url),
      migrations: migrations as never,
    }).initialize();
    await next.runMigrations().finally(() => next.destroy());
  }

  /** A session in the middle of a read: it holds the table as any SELECT does. Resolves once it does, to its end. */
  async function hold(table: string, ms: number): Promise<{ ended: Promise<void> }> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(`BEGIN; SELECT 1 FROM ${table} LIMIT 1`);
    return { ended: sleep(ms).then(() => client.end()) };
  }

  it('loses no push, fails none and holds none up for long', async () => {
    let stop = false;
    const slowest: number[] = [];
    const statuses = new Map<number, number>();
    let acknowledged = 0;
    const agent = async (): Promise<void> => {
      const push = buildPush({ agentId: randomUUID() });
      for (let seq = 0; !stop; seq++) {
        const startedAt = performance.now();
        const { status } = await api.push({ ...push, snapshots: [buildSnapshot({ seq })] });
        slowest.push(performance.now() - startedAt);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status === 200) acknowledged++;
        await sleep(5);
      }
    };
    const agents = Array.from({ length: AGENTS }, agent);
    await sleep(300);

    const reader = await hold('snapshot', HELD_MS);
    const startedAt = performance.now();
    await migrateWith(ExampleExpand1899999000000);
    const waited = performance.now() - startedAt;
    await reader.ended;
    await migrateWith(ExampleExpand1899999000000, ExampleIndex1899999100000);
    await expect(migrateWith(ExampleContract1899999200000)).rejects.toThrow('is not done');
    await Promise.all([runBackfill(upgrade, exampleBackfill), runBackfill(upgrade, exampleBackfill)]);
    // Of two servers one fills, and the other does not wait for it.
    while ((await database.query(`SELECT 1 FROM backfill WHERE done_at IS NOT NULL`)).length === 0) {
      await runBackfill(upgrade, exampleBackfill);
    }
    await migrateWith(ExampleContract1899999200000);
    await sleep(300);
    stop = true;
    await Promise.all(agents);

    expect([...statuses.keys()]).toEqual([200]);
    expect(waited).toBeGreaterThan(HELD_MS / 2);
    expect(Math.max(...slowest)).toBeLessThan(SLOWEST_MS);
    expect(acknowledged).toBeGreaterThan(30);
    const [stored] = await database.query<{ rows: number; filled: number }>(
      'SELECT count(*)::integer AS rows, count(interval_seconds)::integer AS filled FROM snapshot',
    );
    expect(stored?.rows).toBe(acknowledged);
    expect(stored?.filled).toBeGreaterThan(0);
    const indexes = await database.query<{ valid: boolean }>(
      `SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = 'example_run'::regclass`,
    );
    expect(indexes).toEqual([{ valid: true }]);
  });
});

describe('two servers that start together', () => {
  it('migrate an empty database once', async () => {
    const database = await createEmptyDatabase();
    try {
      await Promise.all([migrate(database.url), migrate(database.url), migrate(database.url)]);
      const { migrations } = dataSourceOptions(database.url);
      const done = await database.query<{ name: string }>('SELECT name FROM migrations ORDER BY id');
      expect(done.map(({ name }) => name)).toEqual((migrations as { name: string }[]).map(({ name }) => name));
    } finally {
      await database.drop();
    }
  });
});
