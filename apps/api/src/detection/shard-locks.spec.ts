import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { lockClient } from './detection-pool.ts';
import { SHARDS } from './shard-locks.queries.ts';
import { ShardLocks } from './shard-locks.ts';

let database: TestDatabase;
const servers: ShardLocks[] = [];

beforeAll(async () => {
  Logger.overrideLogger(false);
  database = await createTestDatabase();
});

afterEach(async () => {
  for (const server of servers.splice(0)) await server.release();
});

afterAll(async () => {
  Logger.overrideLogger(['log', 'warn', 'error']);
  await database?.drop();
});

function server(): ShardLocks {
  const locks = new ShardLocks(() => lockClient(database.url));
  servers.push(locks);
  return locks;
}

/** Every server asks for its share, now and again. */
async function settle(...all: ShardLocks[]): Promise<number[]> {
  for (let round = 0; round < 3; round++) for (const one of all) await one.renew();
  const owned = all.flatMap((one) => [...one.owned]);
  expect(new Set(owned).size).toBe(owned.length);
  return all.map((one) => one.owned.size);
}

describe('shards', () => {
  it('are all of the one server that is there, and shared as others come', async () => {
    const [first, second, third] = [server(), server(), server()];
    expect(await settle(first)).toEqual([SHARDS]);
    expect(await settle(first, second)).toEqual([8, 8]);
    const three = await settle(first, second, third);
    expect(three.reduce((sum, count) => sum + count, 0)).toBe(SHARDS);
    expect(Math.max(...three)).toBeLessThanOrEqual(6);
  });

  it('of a server that ends are taken over', async () => {
    const [first, second] = [server(), server()];
    await settle(first, second);
    await first.release();
    expect(first.owned.size).toBe(0);
    expect(await settle(second)).toEqual([SHARDS]);
  });

  it('are nobody’s any more when the connection breaks, and had again with another', async () => {
    const first = server();
    await settle(first);
    await database.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'closewatch-shards'",
    );
    // The end of the connection is heard, or met with the next question.
    await first.renew().catch(() => undefined);
    expect(await settle(first)).toEqual([SHARDS]);
    expect(first.owns(SHARDS + 3)).toBe(true);
  });
});
