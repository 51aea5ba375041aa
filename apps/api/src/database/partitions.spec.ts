import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { KeptDays } from '../retention/kept-days.ts';
import { MovableClock } from '../testing/movable-clock.ts';
import { iso } from '../testing/push-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { PartitionsService } from './partitions.service.ts';

const DAY_MS = 86_400_000;
const TODAY = Math.floor(Date.now() / DAY_MS) * DAY_MS;

let database: TestDatabase;
let api: TestApi;
let partitions: PartitionsService;
/** Somebody else, who is in the midst of a transaction. */
let holder: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.query('UPDATE packing SET closed_until = $1, packed_until = $1', [iso(TODAY - 20 * DAY_MS)]);
  api = await TestApi.start({ databaseUrl: database.url });
  partitions = api.app.get(PartitionsService);
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

beforeEach(async () => {
  holder = new pg.Client({ connectionString: database.url });
  await holder.connect();
  await holder.query('BEGIN');
});

afterEach(() => holder.end());

async function isThere(table: string, at: number): Promise<boolean> {
  const name = `${table}_p${iso(at).slice(0, 10).replaceAll('-', '')}`;
  const [row] = await database.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [name]);
  return row?.there === true;
}

describe('a partition that is made while somebody holds its table', () => {
  it('lets others through meanwhile, and is made once the table is free', async () => {
    const at = TODAY - 15 * DAY_MS;
    await holder.query('SELECT FROM agent_event LIMIT 1');
    const made = partitions.ensure('agent_event', [at]);
    const waits: number[] = [];
    for (const until = performance.now() + 1_500; performance.now() < until; await sleep(20)) {
      const started = performance.now();
      await database.query('SELECT FROM agent_event LIMIT 1');
      waits.push(performance.now() - started);
    }
    expect(Math.max(...waits)).toBeGreaterThan(100);
    expect(waits.length).toBeGreaterThan(2);
    expect(await isThere('agent_event', at)).toBe(false);
    await holder.query('COMMIT');
    await made;
    expect(await isThere('agent_event', at)).toBe(true);
  });

  it('is given up after some seconds', async () => {
    await holder.query('SELECT FROM agent_event LIMIT 1');
    const started = performance.now();
    const made = partitions.ensure('agent_event', [TODAY - 16 * DAY_MS]);
    await expect(made).rejects.toThrow('lock timeout');
    expect(performance.now() - started).toBeLessThan(10_000);
  }, 15_000);
});

describe('the round of an hour', () => {
  it('looks after the other tables when one cannot be had', async () => {
    await holder.query('SELECT FROM snapshot_pack LIMIT 1');
    const clock = new MovableClock();
    clock.aheadMs = 10 * DAY_MS;
    const later = new PartitionsService(api.app.get(DataSource), api.app.get(KeptDays), clock);
    await expect(later.onModuleInit()).rejects.toThrow('lock timeout');
    const ahead = TODAY + 12 * DAY_MS;
    expect(await isThere('snapshot_pack', ahead)).toBe(false);
    expect(await isThere('agent_event', ahead)).toBe(true);
  }, 30_000);
});

describe('a day of rows that is packed', () => {
  it('gets no partition, and is not asked for again', async () => {
    const at = TODAY - 25 * DAY_MS;
    await partitions.ensure('snapshot', [at]);
    expect(await isThere('snapshot', at)).toBe(false);
    // Who would ask now, would wait.
    await holder.query('LOCK TABLE packing');
    await partitions.ensure('snapshot', [at]);
  });

  it('gets one when the database says that it is missing', async () => {
    const at = TODAY - 26 * DAY_MS;
    await partitions.ensure('snapshot', [at]);
    await database.query('UPDATE packing SET closed_until = $1, packed_until = $1', [iso(at)]);
    partitions.forget();
    await partitions.ensure('snapshot', [at]);
    expect(await isThere('snapshot', at)).toBe(true);
  });
});
