import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { StateCountsSchema } from '@closewatch/protocol';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../database/data-source.ts';
import { type ShelvedSnapshot, SnapshotShelf } from '../testing/snapshot-shelf.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { findRollups } from './rollups.queries.ts';

const HOUR_MS = 3_600_000;
const HOURS = 3;
/** A whole hour some days ago. */
const START = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 240 * HOUR_MS;
const RUN = randomUUID();

/** Four in each of three hours. */
const all: ShelvedSnapshot[] = Array.from({ length: HOURS * 4 }, (_, quarter) => ({
  takenAt: START + quarter * 900_000 + 123,
  standsAt: START + quarter * 900_000 + 123,
  intervalMs: 900_000,
  seq: quarter,
  complete: true,
  runId: RUN,
  counts: StateCountsSchema.parse({ close_wait: quarter }),
}));
const [first, second, , , ...others] = all;
if (first === undefined || second === undefined) throw new Error('There are snapshots.');

let database: TestDatabase;
let dataSource: DataSource;
let shelf: SnapshotShelf;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await new DataSource(dataSourceOptions(database.url)).initialize();
  shelf = await SnapshotShelf.open(database.url);
  await shelf.makePartitions(START, HOURS);
});

beforeEach(async () => {
  await shelf.clear();
  await shelf.setPackedUntil(START + HOURS * HOUR_MS);
  await shelf.putPacks(1, 0, others);
  await shelf.putRollups(1, 0, all);
});

afterAll(async () => {
  await shelf?.close();
  await dataSource?.destroy();
  await database?.drop();
});

const found = () =>
  findRollups(
    dataSource.manager,
    { hostId: 1, netns: 0, from: START, to: START + HOURS * HOUR_MS - 1 },
    { start: START, stepMs: HOUR_MS, count: HOURS },
  );

describe('the rollup of an hour whose pack has gone', () => {
  it('stands alone when something comes late, which it may tell of already', async () => {
    const before = await found();
    expect(before).toMatchObject([{ hour: null, samples: HOURS }]);
    await shelf.putRows('snapshot_late', 1, 0, [first]);
    expect(await found()).toEqual(before);
  });

  it('stands alone when what came late is the pack of the hour', async () => {
    const before = await found();
    await shelf.putPacks(1, 0, [first]);
    expect(await found()).toEqual(before);
    await shelf.putRows('snapshot_late', 1, 0, [second]);
    expect(await found()).toEqual(before);
  });

  it('gives way to a pack of as many samples, and to what came late for it', async () => {
    await shelf.putPacks(1, 0, all.slice(0, 4));
    await shelf.putRows('snapshot_late', 1, 0, [first]);
    expect(await found()).toMatchObject([
      { hour: null, samples: HOURS - 1 },
      { hour: new Date(START), samples: 4 },
      { hour: new Date(START), samples: 1 },
    ]);
  });
});
