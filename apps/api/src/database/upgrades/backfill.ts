import { setTimeout as sleep } from 'node:timers/promises';
import { type DataSource } from 'typeorm';
import { type Sql } from '../data-source.ts';
import { isBackfilled, lockBackfill, readBackfill, saveBackfill } from './backfill.queries.ts';

/** Between two batches the disk is the pushes'. */
const REST_MS = 20;

/** Fills what an expand step made room for, in rows that were there before; rows of now are written with it already. */
export interface Backfill {
  /** For ever the same: it is what is remembered. */
  readonly name: string;
  /**
   * Fills a batch after `after` (null: from the beginning), in a transaction of its own; small enough for half a second. Returns
   * where the next begins, null when there is none. The same batch may be filled again.
   */
  batch(sql: Sql, after: string | null): Promise<string | null>;
}

/**
 * Fills all of it, or goes on where it was cut off. One server of a database does so; the others return at once, as does
 * everybody once it is done. Rejects on the signal, between two batches.
 */
export async function runBackfill(dataSource: DataSource, backfill: Backfill, signal?: AbortSignal): Promise<void> {
  for (;;) {
    signal?.throwIfAborted();
    const goesOn = await dataSource.transaction(async (sql) => {
      if (!(await lockBackfill(sql, backfill.name))) return false;
      const { cursor, done } = await readBackfill(sql, backfill.name);
      if (done) return false;
      const next = await backfill.batch(sql, cursor);
      await saveBackfill(sql, backfill.name, next);
      return next !== null;
    });
    if (!goesOn) return;
    await sleep(REST_MS, undefined, signal === undefined ? {} : { signal });
  }
}

/** For contract steps: throws unless all rows are filled. */
export async function requireBackfilled(sql: Sql, name: string): Promise<void> {
  if (await isBackfilled(sql, name)) return;
  throw new Error(
    `The backfill ${name} of an earlier release is not done: start that release, let it run until its log says that ${name} is ` +
      'done, and upgrade then.',
  );
}
