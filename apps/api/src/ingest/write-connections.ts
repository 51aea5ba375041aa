import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { type Sql } from '../database/data-source.ts';

/** Where the {@link pg.Pool} of ingest is injected. */
export const WRITE_POOL = Symbol('write pool');

/** Names of statements, by their text: the same on every connection. */
const names = new Map<string, string>();

/**
 * The few connections through which pushes are written. Statements are prepared once on each, and sent without waiting
 * for the answer to the one before (pipelining), where the writer does not wait itself.
 */
@Injectable()
export class WriteConnections implements OnApplicationShutdown {
  constructor(@Inject(WRITE_POOL) private readonly pool: pg.Pool) {
    // A connection that breaks fails the statements that are on it, and the pool makes another: no more need be done.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /** Commits when `work` resolves. When it rejects, or the commit fails, nothing is stored that we know of. */
  async transaction<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result> {
    const client = await this.pool.connect();
    try {
      // Nobody waits for BEGIN: when it fails, so does what comes after it.
      client.query('BEGIN').catch(() => undefined);
      const result = await work({ query: (text, values) => run(client, text, values as unknown[] | undefined) });
      await client.query('COMMIT');
      client.release();
      return result;
    } catch (error) {
      const undone = await client.query('ROLLBACK').then(
        () => true,
        () => false,
      );
      client.release(!undone);
      throw error;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}

/** Rows as TypeORM gives them: of an UPDATE or a DELETE together with their number. */
async function run<Rows>(client: pg.PoolClient, text: string, values: unknown[] = []): Promise<Rows> {
  let name = names.get(text);
  if (name === undefined) names.set(text, (name = `write_${names.size}`));
  const { rows, rowCount, command } = await client.query({ name, text, values });
  return (command === 'UPDATE' || command === 'DELETE' ? [rows, rowCount] : rows) as Rows;
}
