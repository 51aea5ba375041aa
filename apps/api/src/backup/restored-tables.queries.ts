import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { type BackedUpPartition, type BackedUpTable, type Header } from './backup-format.ts';

/** Makes a table, or a partition of one, have these rows (COPY's binary format). Returns how many. */
export async function restoreRows(
  sql: pg.Client,
  table: BackedUpTable,
  partition: BackedUpPartition | null,
  rows: () => AsyncGenerator<Buffer>,
  signal: AbortSignal,
): Promise<number> {
  const parent = pg.escapeIdentifier(table.name);
  const target = partition === null ? parent : pg.escapeIdentifier(partition.name);
  const columns = table.columns.map(({ name }) => pg.escapeIdentifier(name)).join(', ');
  await sql.query('BEGIN');
  if (partition === null) {
    // Migrations put rows into some.
    await sql.query(`DELETE FROM ${parent}`);
  } else {
    await sql.query(
      `CREATE TABLE ${target} PARTITION OF ${parent}
         FOR VALUES FROM (${pg.escapeLiteral(partition.from)}) TO (${pg.escapeLiteral(partition.to)})`,
    );
  }
  // What is copied into a table of the same transaction need not be frozen by a vacuum later.
  const freeze = partition === null ? '' : ', FREEZE';
  const copy = sql.query(copyFrom(`COPY ${target} (${columns}) FROM STDIN (FORMAT binary${freeze})`));
  await pipeline(rows, copy, { signal });
  await sql.query('COMMIT');
  await sql.query(`ANALYZE ${target}`);
  return copy.rowCount;
}

/** Lets sequences go on where they were. */
export async function restoreSequences(sql: pg.Client, sequences: Header['sequences']): Promise<void> {
  for (const { name, lastValue, isCalled } of sequences) {
    await sql.query('SELECT setval(to_regclass($1), $2::bigint, $3)', [pg.escapeIdentifier(name), lastValue, isCalled]);
  }
}

/**
 * The server asks every agent for all its connections once more: what an agent told between backup and restore is lost, and
 * it would not say it again.
 */
export async function askForAllConnections(sql: pg.Client): Promise<void> {
  await sql.query('UPDATE host SET synced_run_id = NULL WHERE synced_run_id IS NOT NULL');
}
