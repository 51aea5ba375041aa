import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { dataSourceOptions } from './data-source.ts';

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await new DataSource(dataSourceOptions(database.url)).initialize();
});

afterAll(async () => {
  await dataSource?.destroy();
  await database?.drop();
});

describe('a connection to the database', () => {
  it('runs in UTC, gives up on slow statements and idle transactions, and compiles none, whatever the server is set to', async () => {
    const [settings] = await dataSource.query<Record<string, string>[]>(
      `SELECT current_setting('TimeZone') AS zone, current_setting('statement_timeout') AS timeout,
              current_setting('jit') AS jit, current_setting('idle_in_transaction_session_timeout') AS idle`,
    );
    expect(settings).toEqual({ zone: 'UTC', timeout: '15s', jit: 'off', idle: '20s' });
  });
});
