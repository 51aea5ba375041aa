import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Connection } from '@closewatch/protocol';
import { buildConnection, buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const DAY_MS = 86_400_000;

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url });
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

it('makes a day that has no partition any more before a push that ends connections on it is written again', async () => {
  const midnight = Math.floor(Date.now() / DAY_MS) * DAY_MS - 10 * DAY_MS;
  const [evening, morning] = [midnight - 5_000, midnight + 5_000];
  const agent = buildPush();
  const tell = (seq: number, takenAt: number, connections: Connection[]) =>
    api.pushed({ ...agent, snapshots: [buildSnapshot({ seq, takenAt: iso(takenAt), connections })] });
  await tell(1, morning, []);
  const day = iso(midnight).slice(0, 10).replaceAll('-', '');
  await database.query(`DROP TABLE connection_ended_p${day}`);

  // Comes late, and ends at the snapshot after it, of the day that is gone.
  await tell(0, evening, [buildConnection('socket-aaaa', evening, { lastSeenAt: iso(evening) })]);

  const ended = await database.query<{ endedAt: Date }>('SELECT ended_at AS "endedAt" FROM connection_ended');
  expect(ended.map(({ endedAt }) => endedAt.getTime())).toEqual([morning]);
});
