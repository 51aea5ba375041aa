import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { StateCountsSchema } from '@closewatch/protocol';
import { TCP_STATES } from '@closewatch/socket-states';
import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { readDataSourceOptions } from '../database/data-source.ts';
import { type SnapshotColumns } from '../packing/snapshot-pack.ts';
import { SnapshotShelf, type ShelvedSnapshot } from '../testing/snapshot-shelf.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { readSnapshots } from './snapshot-series.ts';

const HOUR_MS = 3_600_000;
/** Just before midnight, so that hours lie in two partitions. */
const START = Date.parse('2026-11-20T22:00:00.000Z');
const HOURS = 5;
const RUNS = [randomUUID(), randomUUID()];

let database: TestDatabase;
let dataSource: DataSource;
let shelf: SnapshotShelf;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await new DataSource(readDataSourceOptions(database.url)).initialize();
  shelf = await SnapshotShelf.open(database.url);
  await shelf.makePartitions(START, HOURS);
});

beforeEach(() => shelf.clear());

afterAll(async () => {
  await shelf?.close();
  await dataSource?.destroy();
  await database?.drop();
});

/** What a series tells, snapshot by snapshot. */
function told({
  takenAt,
  standsAt,
  intervalMs,
  seq,
  complete,
  run,
  runIds,
  counts,
}: SnapshotColumns): ShelvedSnapshot[] {
  return [...takenAt].map((at, index) => ({
    takenAt: at,
    standsAt: standsAt[index] ?? NaN,
    intervalMs: intervalMs[index] ?? NaN,
    seq: seq[index] ?? NaN,
    complete: complete[index] === 1,
    runId: runIds[run[index] ?? NaN] ?? 'none',
    counts: StateCountsSchema.parse(
      Object.fromEntries(
        TCP_STATES.map((state) => {
          const count = counts[state][index] ?? NaN;
          return [state, Number.isNaN(count) ? null : count];
        }),
      ),
    ),
  }));
}

/** A snapshot and where it is kept. */
const placed = fc.record({
  snapshot: fc.record({
    takenAt: fc.integer({ min: 0, max: HOURS * HOUR_MS - 1 }).map((offset) => START + offset),
    aheadMs: fc.constantFrom(0, 0, 0, 59_999),
    intervalMs: fc.constantFrom(1_000, 10_000, 3_600_000),
    seq: fc.maxSafeNat().map((seq) => seq % 2 ** 50),
    complete: fc.boolean(),
    runId: fc.constantFrom(...RUNS),
    counts: fc.array(fc.option(fc.nat({ max: 2_147_483_647 })), { minLength: 12, maxLength: 12 }),
  }),
  isLate: fc.boolean(),
  /** Also kept where it does no harm: a row that was packed, a pack that is half done, a repeat that came late. */
  repeated: fc.boolean(),
});
type Placed = typeof placed extends fc.Arbitrary<infer Value> ? Value : never;

function shelved({ snapshot: { aheadMs, counts, ...rest } }: Placed): ShelvedSnapshot {
  return {
    ...rest,
    standsAt: rest.takenAt - aheadMs,
    counts: StateCountsSchema.parse(Object.fromEntries(TCP_STATES.map((state, index) => [state, counts[index]]))),
  };
}

describe('readSnapshots', () => {
  it('is the same series whatever mix of hot, late, packed, repeated and half-packed the tables hold', async () => {
    const instant = fc.integer({ min: -HOUR_MS, max: (HOURS + 1) * HOUR_MS }).map((offset) => START + offset);
    const story = fc.record({
      snapshots: fc.uniqueArray(placed, { maxLength: 60, selector: ({ snapshot }) => snapshot.takenAt }),
      packedHours: fc.integer({ min: 0, max: HOURS }),
      range: fc.tuple(instant, instant).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
    });
    await fc.assert(
      fc.asyncProperty(story, async ({ snapshots, packedHours, range: [from, to] }) => {
        await shelf.clear();
        const packedUntil = START + packedHours * HOUR_MS;
        await shelf.setPackedUntil(packedUntil);
        const packed: ShelvedSnapshot[] = [];
        const hot: ShelvedSnapshot[] = [];
        const late: ShelvedSnapshot[] = [];
        for (const one of snapshots) {
          const snapshot = shelved(one);
          const home = snapshot.takenAt < packedUntil ? packed : hot;
          (one.isLate ? late : home).push(snapshot);
          if (!one.repeated) continue;
          (home === packed ? hot : packed).push(snapshot);
          if (!one.isLate) late.push(snapshot);
        }
        await shelf.putRows('snapshot', 1, 0, hot);
        await shelf.putRows('snapshot_late', 1, 0, late);
        await shelf.putPacks(1, 0, packed);
        const series = await readSnapshots(dataSource.manager, { hostId: 1, netns: 0, from, to });
        const expected = snapshots
          .map(shelved)
          .filter(({ takenAt }) => takenAt >= from && takenAt <= to)
          .sort((a, b) => a.takenAt - b.takenAt);
        expect(told(series)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});
