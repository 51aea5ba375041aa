import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildConnection, buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

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

interface Updates {
  readonly all: number;
  readonly hot: number;
}

/** Updates of connection_open so far, once there are so many: backends tell of them a little later. */
async function updates(atLeast: number): Promise<Updates> {
  for (let attempt = 0; ; attempt++) {
    const [row] = await database.query<{ all: string; hot: string }>(
      `SELECT n_tup_upd AS all, n_tup_hot_upd AS hot FROM pg_stat_user_tables WHERE relname = 'connection_open'`,
    );
    const counted = { all: Number(row?.all), hot: Number(row?.hot) };
    if (counted.all >= atLeast || attempt === 100) return counted;
    await sleep(100);
  }
}

describe('samples of open connections', () => {
  it('update no index, however long the commands of their owners are', async () => {
    const [connections, samples] = [60, 20];
    const start = Date.now() - 60_000;
    // Random, or else it would be compressed to nothing; a long one is stored apart from its row.
    const commands = [100, 3_000].map((bytes) => randomBytes(bytes / 2).toString('hex'));
    const push = buildPush();
    for (let sample = 0; sample < samples; sample++) {
      const takenAt = start + sample * 1_000;
      const listed = Array.from({ length: connections }, (_, index) =>
        buildConnection(`socket-${index}`, start, {
          lastSeenAt: iso(takenAt),
          recvQueue: sample,
          owners: [
            {
              ...{ pid: 1, startedAt: iso(start), executable: '/usr/bin/java', descriptor: index },
              command: commands[index % 2] ?? '',
            },
          ],
        }),
      );
      await api.pushed({
        ...push,
        snapshots: [buildSnapshot({ seq: sample, takenAt: iso(takenAt), connections: listed })],
      });
    }
    const expected = connections * (samples - 1);
    const { all, hot } = await updates(expected);
    expect(all).toBe(expected);
    // Now and then a page has no room left until its old versions are removed.
    expect(hot / all).toBeGreaterThan(0.9);
  });
});
