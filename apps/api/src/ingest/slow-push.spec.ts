import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildPush, buildSnapshot } from '../testing/push-builder.ts';
import { errorOf, TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const TIMEOUT_MS = 500;
/** Counts that the database of this test takes its time over. */
const SLOW = { last_ack: 666 } as never;

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.query(
    `CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN PERFORM pg_sleep(${(4 * TIMEOUT_MS) / 1_000}); RETURN NEW; END $$`,
  );
  await database.query(
    'CREATE TRIGGER dawdle BEFORE INSERT ON snapshot FOR EACH ROW WHEN (NEW.last_ack = 666) EXECUTE FUNCTION dawdle()',
  );
  const options = encodeURIComponent(`-c TimeZone=UTC -c statement_timeout=${TIMEOUT_MS}`);
  // All in one group, whatever this machine is busy with.
  api = await TestApi.start({ databaseUrl: `${database.url}?options=${options}`, ingestLimits: { gatherMs: 300 } });
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

const slow = () => buildPush({ snapshots: [buildSnapshot({ counts: SLOW })] });

async function storedSnapshots(): Promise<number | undefined> {
  const [row] = await database.query<{ count: number }>('SELECT count(*)::integer AS count FROM snapshot');
  return row?.count;
}

describe('a push that is always too slow for the database', () => {
  it('is 503 alone, and those that came with it are stored', async () => {
    const healthy = Array.from({ length: 5 }, () => buildPush());
    const [before, ...others] = [await storedSnapshots(), slow(), ...healthy];
    const [answer, ...answers] = await Promise.all(others.map((push) => api.push(push)));
    if (answer === undefined) throw new Error('Nothing was pushed.');
    expect(errorOf(answer).statusCode).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(await storedSnapshots()).toBe((before ?? 0) + healthy.length);
  });

  it('by itself is 503 after one try', async () => {
    const askedAt = Date.now();
    expect((await api.push(slow())).status).toBe(503);
    expect(Date.now() - askedAt).toBeLessThan(2 * TIMEOUT_MS + 400);
  });

  it('in numbers is taken for a slow database: no group is tried one by one to its end', async () => {
    const askedAt = Date.now();
    const answers = await Promise.all(Array.from({ length: 12 }, () => api.push(slow())));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 503));
    expect(Date.now() - askedAt).toBeLessThan(7 * TIMEOUT_MS);
  });
});
