import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { buildConnection, buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { type Answer, errorOf, TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { USUAL_INGEST_LIMITS } from './ingest-limits.ts';

const LIMITS = { waitingItems: 8, waitingWeight: 200_000, groups: 1 };

let database: TestDatabase;
let api: TestApi;
let blocker: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url, ingestLimits: LIMITS });
});

/** Nothing gets into the database as long as somebody else has the table for himself. */
beforeEach(async () => {
  blocker = new pg.Client({ connectionString: database.url });
  await blocker.connect();
  await blocker.query('BEGIN');
  await blocker.query('LOCK TABLE host IN ACCESS EXCLUSIVE MODE');
});

afterEach(() => blocker.end());

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

/** Pushes until one is refused; once the database is free again, returns how many were stored and what the others were told. */
async function pushUntilRefused(body: () => unknown): Promise<{ stored: number; refused: Answer<unknown>[] }> {
  const answers: Promise<Answer<unknown>>[] = [api.push(buildPush())];
  await untilBlocked();
  for (let refused = false; !refused && answers.length < 100;) {
    const answer = api.push(body());
    answers.push(answer);
    refused = await Promise.race([answer.then(({ status }) => status === 503), afterMs(100)]);
  }
  await blocker.query('ROLLBACK');
  const settled = await Promise.all(answers);
  const others = settled.filter(({ status }) => status !== 200);
  return { stored: settled.length - others.length, refused: others };
}

const afterMs = (ms: number): Promise<false> => new Promise((resolve) => setTimeout(resolve, ms, false));

/** The first group is on its way: from here on everything waits. */
async function untilBlocked(): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const { rowCount } = await blocker.query(
      `SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database
        WHERE datname = current_database() AND NOT granted`,
    );
    if (rowCount !== null && rowCount > 0) return;
    await afterMs(10);
  }
  throw new Error('No push came as far as the database.');
}

function expectBusy(refused: readonly Answer<unknown>[]): void {
  expect(refused).not.toEqual([]);
  for (const answer of refused) {
    expect(errorOf(answer).statusCode).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  }
}

describe('while pushes come faster than the database takes them', () => {
  it('so many bytes of JSON wait and no more: 503 with Retry-After, and all that was taken is stored', async () => {
    const now = Date.now();
    const connections = Array.from({ length: 60 }, (_, index) => buildConnection(`socket-${1_000 + index}`, now));
    const snapshots = [buildSnapshot({ takenAt: iso(now), connections })];
    const bytes = JSON.stringify(buildPush({ snapshots })).length;
    const { stored, refused } = await pushUntilRefused(() => buildPush({ snapshots }));
    // The first is on its way and waits no more.
    expect(stored).toBe(1 + Math.floor(LIMITS.waitingWeight / bytes));
    expectBusy(refused);
    expect((await api.push(buildPush())).status).toBe(200);
  });

  it('so many pushes wait and no more', async () => {
    const { stored, refused } = await pushUntilRefused(() => buildPush());
    expect(stored).toBe(1 + LIMITS.waitingItems);
    expectBusy(refused);
  });
});

describe('the usual limits', () => {
  it('are 256 MiB of JSON and 1,000 pushes', () => {
    expect(USUAL_INGEST_LIMITS).toMatchObject({ waitingWeight: 268_435_456, waitingItems: 1_000 });
  });
});
