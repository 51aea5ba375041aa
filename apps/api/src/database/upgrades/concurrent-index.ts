import { type Sql } from '../data-source.ts';

export interface ConcurrentIndex {
  readonly name: string;
  readonly table: string;
  /** What follows the table: `(host_id, opened_before)`, `USING gin (...)`. */
  readonly on: string;
}

/**
 * Makes an index of a large table while it is written to: CONCURRENTLY, of a partitioned table part by part. For migrations with
 * `transaction = false`, over one connection; may be run again after it was cut off at any point.
 */
export async function indexConcurrently(sql: Sql, index: ConcurrentIndex): Promise<void> {
  await sql.query('SET statement_timeout = 0');
  try {
    const parts = await partitionsOf(sql, index.table);
    if (parts === undefined) {
      await build(sql, index.name, index.table, index.on);
      return;
    }
    // Of the parent alone it is quick and not valid yet; parts that are made from now on have it by themselves.
    await sql.query(`CREATE INDEX IF NOT EXISTS ${index.name} ON ONLY ${index.table} ${index.on}`);
    for (const part of (await partitionsOf(sql, index.table)) ?? []) {
      if (await isAttached(sql, index.name, part)) continue;
      const name = `${part}_${index.name}`.slice(-63);
      await build(sql, name, part, index.on);
      await sql.query(`ALTER INDEX ${index.name} ATTACH PARTITION ${name}`);
    }
  } finally {
    await sql.query('RESET statement_timeout');
  }
}

async function build(sql: Sql, name: string, table: string, on: string): Promise<void> {
  const [found] = await sql.query<{ valid: boolean }[]>(
    'SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass($1)',
    [name],
  );
  if (found?.valid === true) return;
  // What was cut off leaves an index that is kept up and never read.
  if (found !== undefined) await sql.query(`DROP INDEX CONCURRENTLY ${name}`);
  await sql.query(`CREATE INDEX CONCURRENTLY ${name} ON ${table} ${on}`);
}

/** Undefined when the table is not partitioned. */
async function partitionsOf(sql: Sql, table: string): Promise<string[] | undefined> {
  const rows = await sql.query<{ kind: string; part: string | null }[]>(
    `SELECT relkind AS kind, inhrelid::regclass::text AS part
       FROM pg_class LEFT JOIN pg_inherits ON inhparent = oid
      WHERE oid = $1::regclass ORDER BY 2`,
    [table],
  );
  if (rows[0]?.kind !== 'p') return undefined;
  return rows.flatMap(({ part }) => part ?? []);
}

async function isAttached(sql: Sql, index: string, part: string): Promise<boolean> {
  const rows = await sql.query<unknown[]>(
    `SELECT 1 FROM pg_inherits JOIN pg_index ON indexrelid = inhrelid
      WHERE inhparent = $1::regclass AND indrelid = $2::regclass`,
    [index, part],
  );
  return rows.length > 0;
}
