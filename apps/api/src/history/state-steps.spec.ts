import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type StateSeries, StateCountsSchema, StateSeriesSchema } from '@closewatch/protocol';
import { buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { type ShelvedSnapshot, SnapshotShelf } from '../testing/snapshot-shelf.ts';
import { errorOf, TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { resolutionOf } from './state-steps.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS = 4;
/** A whole day some days ago. */
const START = Math.floor(Date.now() / DAY_MS) * DAY_MS - 10 * DAY_MS;
const RUN = randomUUID();

let database: TestDatabase;
let api: TestApi;
let cookie: string;
let shelf: SnapshotShelf;
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
  api = await TestApi.start({ databaseUrl: database.url });
  cookie = await api.signIn();
  await api.pushed(push);
  shelf = await SnapshotShelf.open(database.url);
  await shelf.makePartitions(START, DAYS * 24);
  await shelf.clear();
});

afterAll(async () => {
  await shelf?.close();
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

it('reads samples no further than they can be read quickly', () => {
  const now = 1_800_000_000_000;
  const source = (days: number, points: number, intervalMs: number) =>
    resolutionOf(now - days * DAY_MS, now, points, intervalMs).source;
  expect(source(1, 500, 10_000)).toBe('samples');
  expect(source(20, 2_000, 10_000)).toBe('samples');
  expect(source(30, 500, 10_000)).toBe('rollups');
  expect(source(30, 2_000, 10_000)).toBe('rollups');
  expect(source(7, 2_000, 1_000)).toBe('rollups');
  expect(source(1, 500, 100)).toBe('samples');
});

function closeTo(mean: number | null): unknown {
  return mean === null ? null : expect.closeTo(mean, 3);
}
