import { setTimeout as sleep } from 'node:timers/promises';
import { type QueryRunner } from 'typeorm';
import { sqlState } from '../database-faults.ts';

/** Whoever waits for a lock on a table holds up every statement that comes after: so long at most, each time. */
const LOCK_PATIENCE_MS = 200;
/** Between two tries what was held up goes through. */
const REST_MS = 400;
/** A reader that holds a table longer than this is a question for a person. */
const GIVE_UP_MS = 120_000;
const LOCK_TIMEOUT = '55P03';
const DEADLOCK = '40P01';

/**
 * Runs statements that need tables for themselves and are over in a moment (ADD COLUMN, ADD CONSTRAINT ... NOT VALID), all or
 * none, inside the migration's transaction. While somebody holds a table they are tried again and again, each time only
 * briefly, so that pushes never wait for long. Throws when they cannot be had within two minutes.
 */
export async function quickDdl(queryRunner: QueryRunner, statements: readonly string[]): Promise<void> {
  const deadline = performance.now() + GIVE_UP_MS;
  await queryRunner.query(`SET LOCAL lock_timeout = ${LOCK_PATIENCE_MS}`);
  for (;;) {
    await queryRunner.query('SAVEPOINT quick_ddl');
    try {
      for (const statement of statements) await queryRunner.query(statement);
      await queryRunner.query('RELEASE SAVEPOINT quick_ddl');
      return;
    } catch (error) {
      const state = sqlState(error);
      if (state !== LOCK_TIMEOUT && state !== DEADLOCK) throw error;
      // Going back to the savepoint gives up the locks that were taken since.
      await queryRunner.query('ROLLBACK TO SAVEPOINT quick_ddl');
      if (performance.now() > deadline) {
        throw new Error(
          `A table was held for ${GIVE_UP_MS / 1_000} s by another session, which pg_stat_activity names. ` +
            `End it and start again; nothing has been changed by: ${statements[0] ?? ''}`,
          { cause: error },
        );
      }
      await sleep(REST_MS);
    }
  }
}
