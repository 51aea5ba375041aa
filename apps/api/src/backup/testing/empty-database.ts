import { randomBytes } from 'node:crypto';
import { withDatabase } from '../../testing/test-server.ts';
import { withClient } from './table-contents.ts';

export interface EmptyDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** A database with nothing in it, on the server of the test run or another. */
export async function createEmptyDatabase(
  serverUrl = process.env.CLOSEWATCH_TEST_DATABASE_URL ?? '',
): Promise<EmptyDatabase> {
  const name = `test_empty_${randomBytes(6).toString('hex')}`;
  await withClient(serverUrl, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE template0`));
  return {
    url: withDatabase(serverUrl, name),
    drop: async () => {
      await withClient(serverUrl, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
    },
  };
}
