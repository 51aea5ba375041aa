import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type pg from 'pg';
import { type Sql } from '../database/data-source.ts';
import { coerceError } from '../errors/coerce-error.ts';
import { DETECTION_POOL } from './detection-pool.ts';

/** Statements of detection, over connections of its own. */
@Injectable()
export class DetectionTransactions implements OnApplicationShutdown {
  /** Single statements. */
  readonly sql: Sql = {
    query: async (text, values) => rowsOf(await this.pool.query(text, values as unknown[] | undefined)) as never,
  };

  /** How many connections there are, and who waits for one. */
  get connections(): Pick<pg.Pool, 'totalCount' | 'idleCount' | 'waitingCount'> {
    return this.pool;
  }

  constructor(@Inject(DETECTION_POOL) private readonly pool: pg.Pool) {}

  /** Commits when `work` resolves; when it rejects nothing is stored. */
  async transaction<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      const query: Sql['query'] = async (text, values) =>
        rowsOf(await client.query(text, values as unknown[] | undefined)) as never;
      const result = await work({ query });
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((failed: unknown) => void (broken = coerceError(failed)));
      throw error;
    } finally {
      client.release(broken ?? false);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}

/** Rows as TypeORM gives them: of an UPDATE or a DELETE together with their number. */
function rowsOf({ rows, rowCount, command }: pg.QueryResult): unknown {
  return command === 'UPDATE' || command === 'DELETE' ? [rows, rowCount] : rows;
}
