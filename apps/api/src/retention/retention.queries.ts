import { type RetentionKind } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';

export interface SetRetention {
  readonly kind: string;
  readonly keepDays: number;
  readonly changedAt: Date;
}

/** What somebody has set. */
export function readRetention(sql: Sql): Promise<SetRetention[]> {
  return sql.query<SetRetention[]>(
    'SELECT kind, keep_days AS "keepDays", changed_at AS "changedAt" FROM retention ORDER BY kind',
  );
}

export async function setRetention(sql: Sql, kind: RetentionKind, keepDays: number, at: Date): Promise<void> {
  await sql.query(
    `INSERT INTO retention (kind, keep_days, changed_at) VALUES ($1, $2, $3)
     ON CONFLICT (kind) DO UPDATE SET keep_days = excluded.keep_days, changed_at = excluded.changed_at`,
    [kind, keepDays, at],
  );
}

/** A table or one of its partitions on disk. */
export interface StoredTable {
  /** The partitioned table, or the table itself. */
  readonly of: string;
  readonly name: string;
  /** With indexes and TOAST. */
  readonly bytes: number;
  /** Of the rows alone: zero when there are none. */
  readonly heapBytes: number;
  /** PostgreSQL's estimate; negative before it has made one. */
  readonly rows: number;
}

/** These tables and the partitions of those that are partitioned, from the catalogue and the sizes of files: no row is read. */
export function readStoredTables(sql: Sql, tables: readonly string[]): Promise<StoredTable[]> {
  return sql.query<StoredTable[]>(
    `WITH stored AS (
       SELECT parent.relname AS of, part.oid, part.relname AS name, part.reltuples AS rows
         FROM pg_class parent
         LEFT JOIN pg_inherits ON inhparent = parent.oid
         JOIN pg_class part ON part.oid = coalesce(inhrelid, parent.oid) AND part.relkind = 'r'
        WHERE parent.oid IN (SELECT name::regclass FROM unnest($1::text[]) AS name))
     SELECT of, name, rows::float8 AS rows,
            coalesce(pg_total_relation_size(oid), 0)::float8 AS bytes,
            coalesce(pg_relation_size(oid), 0)::float8 AS "heapBytes"
       FROM stored
      ORDER BY of, name`,
    [tables],
  );
}

/** The folder of the server's data, as the server names it; only a superuser may ask. */
export async function readDataDirectory(sql: Sql): Promise<string> {
  const [row] = await sql.query<{ folder: string }[]>(`SELECT current_setting('data_directory') AS folder`);
  return row?.folder ?? '';
}
