import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type StateSeries, StateCountsSchema, StateSeriesSchema } from '@closewatch/protocol';
import { DataSource } from 'typeorm';
import { readDataSourceOptions } from '../database/data-source.ts';
import { MovableClock } from '../testing/movable-clock.ts';
import { buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { type ShelvedSnapshot, SnapshotShelf } from '../testing/snapshot-shelf.ts';
import { errorOf, TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { countSnapshots } from './snapshot-count.queries.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS = 4;
/** A whole day some days ago. */
const START = Math.floor(Date.now() / DAY_MS) * DAY_MS - 10 * DAY_MS;
const RUN = randomUUID();

let database: TestDatabase;
let api: TestApi;
let cookie: string;
const clock = new MovableClock();
let shelf: SnapshotShelf;
let dataSource: DataSource;
const push = buildPush({ snapshots: [buildSnapshot({ takenAt: iso(Date.now()) })] });

/** One a quarter of an hour; close_wait tells the number of the quarter, of every third hour nothing is there. */
const all: ShelvedSnapshot[] = Array.from({ length: DAYS * 96 }, (_, quarter) => ({
  takenAt: START + quarter * 900_000 + 123,
  standsAt: START + quarter * 900_000 + 123,
  intervalMs: 900_000,
  seq: quarter,
  complete: true,
  runId: RUN,
  counts: StateCountsSchema.parse({ close_wait: quarter, established: quarter % 2 === 0 ? quarter : null }),
})).filter(({ takenAt }) => Math.floor((takenAt - START) / HOUR_MS) % 3 !== 2);

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url, clock });
  cookie = await api.signIn();
  await api.pushed(push);
  dataSource = await new DataSource(readDataSourceOptions(database.url)).initialize();
  shelf = await SnapshotShelf.open(database.url);
  await shelf.makePartitions(START, DAYS * 24);
  await shelf.clear();
});

afterAll(async () => {
  await shelf?.close();
  await dataSource?.destroy();
  await api?.stop();
  await database?.drop();
});

function states(query: string): Promise<StateSeries> {
  return api
    .read<StateSeries>(cookie, `/api/v1/hosts/${push.agentId}/states?${query}`)
    .then((body) => StateSeriesSchema.parse(body));
}

/** Everything before so many hours packed and rolled up, the rest rows; `late` of them come late. */
async function shelve(packedHours: number, late: (snapshot: ShelvedSnapshot) => boolean = () => false): Promise<void> {
  await shelf.clear();
  const packedUntil = START + packedHours * HOUR_MS;
  await shelf.setPackedUntil(packedUntil);
  const inTime = all.filter((snapshot) => !late(snapshot));
  const packed = inTime.filter(({ takenAt }) => takenAt < packedUntil);
  await shelf.putPacks(1, 0, packed);
  await shelf.putRollups(1, 0, packed);
  await shelf.putRows(
    'snapshot',
    1,
    0,
    inTime.filter(({ takenAt }) => takenAt >= packedUntil),
  );
  await shelf.putRows('snapshot_late', 1, 0, all.filter(late));
}

/** What the steps of a series should be, by the plain definition. */
function expected({ t, stepMs }: StateSeries, state: 'close_wait' | 'established', from: number, to: number) {
  const steps = t.map((start) =>
    all
      .filter(({ takenAt }) => takenAt >= Math.max(start, from) && takenAt <= to && takenAt < start + stepMs)
      .flatMap(({ counts }) => counts[state] ?? []),
  );
  const known = (of: (values: number[]) => number) => steps.map((values) => (values.length === 0 ? null : of(values)));
  return {
    min: known((values) => Math.min(...values)),
    avg: known((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
    max: known((values) => Math.max(...values)),
  };
}

describe('GET /hosts/:id/states over days', () => {
  const range = `from=${iso(START)}&to=${iso(START + DAYS * DAY_MS)}`;

  it.each([
    ['nothing packed', 0, () => false],
    ['all packed', DAYS * 24, () => false],
    ['half of it packed', 37, () => false],
    ['some of it late', 37, ({ seq }: ShelvedSnapshot) => seq % 7 === 3],
    ['an hour wholly late', 37, ({ seq }: ShelvedSnapshot) => Math.floor(seq / 4) === 12],
  ])('answers the same least, mean and greatest from hours: %s', async (_what, packedHours, late) => {
    await shelve(packedHours, late);
    for (const points of [5, 40, 96]) {
      const series = await states(`${range}&points=${points}`);
      expect(series.source).toBe('rollups');
      expect(series.stepMs % HOUR_MS).toBe(0);
      expect(series.t.length).toBeLessThanOrEqual(points);
      for (const state of ['close_wait', 'established'] as const) {
        const { min, avg, max } = expected(series, state, START, START + DAYS * DAY_MS);
        expect(series.series[state]).toEqual({ min, avg: avg.map((mean) => closeTo(mean)), max });
      }
    }
  });

  it('answers from samples where steps are shorter than an hour', async () => {
    await shelve(37, ({ seq }) => seq % 7 === 3);
    const [from, to] = [START + 90_000, START + 20 * HOUR_MS];
    const series = await states(`from=${iso(from)}&to=${iso(to)}&points=30`);
    expect(series).toMatchObject({ source: 'samples' });
    const { min, avg, max } = expected(series, 'close_wait', from, to);
    expect(series.series.close_wait).toEqual({ min, avg: avg.map((mean) => closeTo(mean)), max });
  });

  it('counts the hours at both ends whole when it answers from rollups', async () => {
    await shelve(DAYS * 24);
    const whole = await states(`from=${iso(START)}&to=${iso(START + 3 * DAY_MS)}&points=20`);
    const cut = await states(`from=${iso(START + 1_800_000)}&to=${iso(START + 3 * DAY_MS - 1_800_000)}&points=20`);
    expect(cut.series.close_wait).toEqual(whole.series.close_wait);
  });

  it('tells a gap as null, never as zero', async () => {
    await shelve(DAYS * 24);
    const { series } = await states(`from=${iso(START)}&to=${iso(START + DAY_MS)}&points=24`);
    expect(series.close_wait.max.slice(0, 6)).toEqual([3, 7, null, 15, 19, null]);
    expect(series.listen.max.every((value) => value === null)).toBe(true);
  });

  it('answers nulls for what is before all that is kept', async () => {
    await shelve(DAYS * 24);
    const { source, series } = await states(`from=${iso(START - 400 * DAY_MS)}&to=${iso(START)}`);
    expect(source).toBe('rollups');
    expect(new Set(series.close_wait.avg)).toEqual(new Set([null]));
  });
});

describe('an absurd range', () => {
  it.each([
    ['that ends before it begins', `from=${iso(START)}&to=${iso(START - 1)}`, 'from', /before to/],
    ['of a century', 'from=2000-01-01T00:00:00Z&to=2100-01-01T00:00:00Z', 'from', /at most 3,660 days/],
    ['that begins in the future', 'from=2999-01-01T00:00:00Z', 'from', /before to/],
    ['of a billion points', 'points=1000000000', 'points', /from 1 to 2,000/],
    ['of no points', 'points=none', 'points', /from 1 to 2,000/],
    ['before 1970', 'from=1901-01-01T00:00:00Z', 'from', /1970/],
  ])('%s is 400, with what is allowed', async (_what, query, path, message) => {
    const answer = await api.request('GET', `/api/v1/hosts/${push.agentId}/states?${query}`, { headers: { cookie } });
    expect(errorOf(answer)).toMatchObject({
      statusCode: 400,
      issues: [{ path, message: expect.stringMatching(message) }],
    });
  });
});

describe('what is stored decides how fine a range is read', () => {
  const at = (hours: number): string => iso(START + hours * HOUR_MS);
  /** As if each pack held so many snapshots. */
  const crowded = async (samples: number): Promise<void> => {
    await shelve(DAYS * 24);
    await database.query('UPDATE snapshot_pack SET samples = $1', [samples]);
  };

  it('hours, where a host that samples seldom now sampled often before', async () => {
    const query = `from=${at(0)}&to=${at(60)}&points=200`;
    await shelve(DAYS * 24);
    expect((await states(query)).source).toBe('samples');
    await crowded(7_200);
    expect((await states(query)).source).toBe('rollups');
  });

  it('samples, of a day at ten a second, and of no more within two days', async () => {
    await crowded(36_000);
    expect((await states(`from=${at(0)}&to=${at(24)}&points=100`)).source).toBe('samples');
    expect((await states(`from=${at(0)}&to=${at(47)}&points=100`)).source).toBe('rollups');
  });

  it('rows count as packs do, late ones too', async () => {
    const range = { hostId: 1, netns: 0, from: START, to: START + DAYS * DAY_MS };
    for (const [packedHours, late] of [
      [0, () => false],
      [37, () => false],
      [37, ({ seq }: ShelvedSnapshot) => seq % 7 === 3],
    ] as const) {
      await shelve(packedHours, late);
      expect(await countSnapshots(dataSource.manager, range, 1_000)).toBe(all.length);
    }
    await shelve(0);
    expect(await countSnapshots(dataSource.manager, range, 10)).toBe(11);
  });

  it('hours, however near one looks, where snapshots are no longer kept', async () => {
    await shelve(DAYS * 24);
    await database.query('DELETE FROM snapshot_pack WHERE hour < $1', [at(24)]);
    // Snapshots are kept for 35 days: as if what was taken nine days ago were that old. A session does not last so long.
    clock.aheadMs = 26 * DAY_MS;
    cookie = await api.signIn();
    try {
      for (const [from, to] of [
        [0, 20],
        [20, 72],
      ] as const) {
        const series = await states(`from=${at(from)}&to=${at(to)}&points=300`);
        expect(series).toMatchObject({ source: 'rollups', stepMs: HOUR_MS });
        const { max } = expected(series, 'close_wait', START + from * HOUR_MS, START + to * HOUR_MS);
        expect(series.series.close_wait.max).toEqual(max);
        expect(max.filter((value) => value !== null).length).toBeGreaterThan(10);
      }
      expect((await states(`from=${at(48)}&to=${at(60)}&points=300`)).source).toBe('samples');
    } finally {
      clock.aheadMs = 0;
      cookie = await api.signIn();
    }
  });

  it('hours, where snapshots are gone though they would be kept now', async () => {
    await shelve(37);
    await database.query('DELETE FROM snapshot_pack');
    const gone = await states(`from=${at(3)}&to=${at(9)}&points=300`);
    expect(gone).toMatchObject({ source: 'rollups', stepMs: HOUR_MS });
    expect(gone.series.close_wait.max).toEqual([15, 19, null, 27, 31, null]);
  });

  it('samples, where neither are there: an hour that goes on is not told for minutes without any', async () => {
    await shelve(37);
    const [from, to] = [START + 39 * HOUR_MS + 60_000, START + 39 * HOUR_MS + 600_000];
    const series = await states(`from=${iso(from)}&to=${iso(to)}&points=300`);
    expect(series.source).toBe('samples');
    expect(new Set(series.series.close_wait.max)).toEqual(new Set([null]));
  });
});

function closeTo(mean: number | null): unknown {
  return mean === null ? null : expect.closeTo(mean, 3);
}
