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
  /** Those whose page had no room; before PostgreSQL 16 nobody counts them. */
  readonly toNewPage: number | null;
}

/** Updates of connection_open so far, once there are so many: backends tell of them a little later. */
async function updates(atLeast: number): Promise<Updates> {
  for (let attempt = 0; ; attempt++) {
    const [row] = await database.query<{ all: string; hot: string; newPage: string | null }>(
      `SELECT n_tup_upd AS all, n_tup_hot_upd AS hot, to_jsonb(stat)->>'n_tup_newpage_upd' AS "newPage"
         FROM pg_stat_user_tables stat
        WHERE relname = 'connection_open'`,
    );
    const newPage = row?.newPage ?? null;
    const counted = {
      all: Number(row?.all),
      hot: Number(row?.hot),
      toNewPage: newPage === null ? null : Number(newPage),
    };
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
    const { all, hot, toNewPage } = await updates(expected);
    expect(all).toBe(expected);
    expect(hot).toBeGreaterThan(0);
    // A page has no room left while somebody may still look at old versions; beside that, every update stays on its page.
    if (toNewPage !== null) expect(all - hot - toNewPage).toBe(0);
  });
});
