import { type Sql } from '../data-source.ts';

const BACKFILL_LOCK_CLASS = 20_311_731;

/** False while another server fills. Must run inside a transaction, whose end releases the lock. */
export async function lockBackfill(sql: Sql, name: string): Promise<boolean> {
  const [lock] = await sql.query<{ taken: boolean }[]>('SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS taken', [
    BACKFILL_LOCK_CLASS,
    name,
  ]);
  return lock?.taken === true;
}

/** Where it stands; null before its first batch. */
export async function readBackfill(sql: Sql, name: string): Promise<{ cursor: string | null; done: boolean }> {
  const [row] = await sql.query<{ cursor: string | null; done: boolean }[]>(
    'SELECT filled_until AS cursor, done_at IS NOT NULL AS done FROM backfill WHERE name = $1',
    [name],
  );
  return row ?? { cursor: null, done: false };
}

/** A cursor of null: all is filled. */
export async function saveBackfill(sql: Sql, name: string, cursor: string | null): Promise<void> {
  await sql.query(
    `INSERT INTO backfill (name, filled_until, done_at) VALUES ($1, $2, CASE WHEN $2::text IS NULL THEN now() END)
     ON CONFLICT (name) DO UPDATE SET filled_until = excluded.filled_until, done_at = excluded.done_at`,
    [name, cursor],
  );
}

export async function isBackfilled(sql: Sql, name: string): Promise<boolean> {
  return (await readBackfill(sql, name)).done;
}
