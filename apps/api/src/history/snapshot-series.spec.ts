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
import { readSnapshots } from '../testing/whole-series.ts';
import { readHours } from './snapshot-series.ts';

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

describe('readHours', () => {
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

it('has no hole and no repeat while hours are packed and their partitions dropped', async () => {
  const hosts = [1, 2];
  const all = Array.from({ length: HOURS * 12 }, (_, index): ShelvedSnapshot => {
    const takenAt = START + index * 300_000;
    const counts = StateCountsSchema.parse({ established: index });
    return {
      takenAt,
      standsAt: takenAt,
      intervalMs: 300_000,
      seq: index,
      complete: true,
      runId: RUNS[0] ?? '',
      counts,
    };
  });
  await shelf.setPackedUntil(START);
  for (const host of hosts) await shelf.putRows('snapshot', host, 0, all);
  let packing = true;
  const reads = hosts.map(async (hostId) => {
    let rounds = 0;
    for (; packing; rounds++) {
      const range = { hostId, netns: 0, from: START, to: START + HOURS * HOUR_MS };
      expect([...(await readSnapshots(dataSource.manager, range)).seq]).toEqual(all.map(({ seq }) => seq));
    }
    return rounds;
  });
  for (let hour = 0; hour < HOURS; hour++) {
    const begin = START + hour * HOUR_MS;
    const ofHour = all.filter(({ takenAt }) => takenAt >= begin && takenAt < begin + HOUR_MS);
    for (const host of hosts) await shelf.putPacks(host, 0, ofHour);
    await shelf.setPackedUntil(begin + HOUR_MS);
    await shelf.dropRowsBefore(begin + HOUR_MS);
  }
  packing = false;
  for (const rounds of await Promise.all(reads)) expect(rounds).toBeGreaterThan(3);
  await shelf.makePartitions(START, HOURS);
});

it('lets others have their turn while a month is unpacked', async () => {
  const month = Array.from({ length: 30 * 24 }, (_, hour) => START - (hour + 1) * HOUR_MS);
  await shelf.makePartitions(START - 30 * 24 * HOUR_MS, 30 * 24);
  await shelf.setPackedUntil(START);
  const counts = StateCountsSchema.parse({ established: 7, close_wait: 0 });
  const snapshots = month.flatMap((hour) =>
    Array.from({ length: 360 }, (_, index): ShelvedSnapshot => {
      const takenAt = hour + index * 10_000;
      return {
        takenAt,
        standsAt: takenAt,
        intervalMs: 10_000,
        seq: index,
        complete: true,
        runId: RUNS[0] ?? '',
        counts,
      };
    }),
  );
  await shelf.putPacks(1, 0, snapshots);
  // CPU of this thread from turn to turn, whatever else the machine does.
  let longestMs = 0;
  let reading = true;
  let before = process.threadCpuUsage();
  const look = (): void => {
    const { user, system } = process.threadCpuUsage(before);
    longestMs = Math.max(longestMs, (user + system) / 1_000);
    before = process.threadCpuUsage();
    if (reading) setImmediate(look);
  };
  setImmediate(look);
  // Hour by hour, as long ranges are read (state-steps.ts): no more than the packs is ever in memory.
  let read = 0;
  for await (const { takenAt } of readHours(dataSource.manager, { hostId: 1, netns: 0, from: 0, to: START })) {
    read += takenAt.length;
  }
  reading = false;
  expect(read).toBe(30 * 24 * 360);
  expect(longestMs).toBeLessThan(25);
});
