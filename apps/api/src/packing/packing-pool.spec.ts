import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { packingPool } from './packing-pool.ts';

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = packingPool(database.url);
});

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

describe('a connection of the packer', () => {
  it('has time to unpack a day inside a transaction, and gives up after the server would have', async () => {
    const { rows } = await pool.query(
      `SELECT current_setting('idle_in_transaction_session_timeout') AS idle,
              current_setting('statement_timeout') AS statement, current_setting('synchronous_commit') AS commit`,
    );
    expect(rows).toEqual([{ idle: '2min', statement: '2min', commit: 'off' }]);
    expect(pool.options.query_timeout).toBeGreaterThan(120_000);
  });
});
