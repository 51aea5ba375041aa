import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { TEMPLATE, withDatabase } from './test-server.ts';

export interface TestDatabase {
  readonly url: string;
  /** Runs SQL beside the program under test, over a connection that is closed again. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Drops the database. Throws when somebody still holds a connection: a pool that leaked. */
  drop(): Promise<void>;
}

/** A database for one test file, cloned from the migrated template. */
export function createTestDatabase(): Promise<TestDatabase> {
  return createDatabase(TEMPLATE);
}

/** A database without anything in it, not even our schema. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return createDatabase('template0');
}

async function createDatabase(template: string): Promise<TestDatabase> {
  const serverUrl = process.env.CLOSEWATCH_TEST_DATABASE_URL ?? '';
  const name = `test_${randomBytes(6).toString('hex')}`;
  const url = withDatabase(serverUrl, name);
  await run(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  return {
    url,
    query: (text, values) => run(url, text, values),
    drop: async () => {
      const leaked = await connectionsTo(serverUrl, name);
      await run(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
      if (leaked.length > 0) throw new Error(`The test file left connections open: ${leaked.join(', ')}`);
    },
  };
}

async function connectionsTo(serverUrl: string, name: string): Promise<string[]> {
  // A backend needs a moment to notice that its client has gone.
  for (let attempt = 0; ; attempt++) {
    const rows = await run<{ application: string; query: string }>(
      serverUrl,
      'SELECT application_name AS application, query FROM pg_stat_activity WHERE datname = $1',
      [name],
    );
    if (rows.length === 0 || attempt === 20) return rows.map(({ application, query }) => `${application}: ${query}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function run<Row extends pg.QueryResultRow>(url: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'closewatch-test' });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}
