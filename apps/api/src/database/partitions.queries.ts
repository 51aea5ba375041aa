import { type Sql } from './data-source.ts';

/** Held by whoever makes or drops partitions. */
const PARTITION_LOCK = 2_031_173_003;

/** Tables with one partition for each UTC day. */
export const DAILY_TABLES = ['snapshot', 'connection_ended', 'agent_event'] as const;
export type DailyTable = (typeof DAILY_TABLES)[number];

/** Must run inside a transaction, whose end releases the lock. */
export async function lockPartitions(sql: Sql): Promise<void> {
  await sql.query('SELECT pg_advisory_xact_lock($1)', [PARTITION_LOCK]);
}

/** `day` is YYYY-MM-DD and comes from us: DDL takes no parameters. */
export async function createPartition(sql: Sql, table: DailyTable, day: string, nextDay: string): Promise<void> {
  await sql.query(
    `CREATE TABLE IF NOT EXISTS ${partitionName(table, day)} PARTITION OF ${table}
       FOR VALUES FROM ('${day} 00:00:00+00') TO ('${nextDay} 00:00:00+00')`,
  );
}

/** Days (YYYY-MM-DD) that have a partition. */
export async function listPartitionDays(sql: Sql, table: DailyTable): Promise<string[]> {
  const rows = await sql.query<{ name: string }[]>(
    `SELECT child.relname AS name
       FROM pg_inherits
       JOIN pg_class child ON child.oid = inhrelid
      WHERE inhparent = $1::regclass`,
    [table],
  );
  return rows.flatMap(({ name }) => {
    const [, year, month, day] = /_p(\d{4})(\d{2})(\d{2})$/.exec(name) ?? [];
    return year === undefined ? [] : [`${year}-${month}-${day}`];
  });
}

export async function dropPartition(sql: Sql, table: DailyTable, day: string): Promise<void> {
  await sql.query(`DROP TABLE IF EXISTS ${partitionName(table, day)}`);
}

function partitionName(table: DailyTable, day: string): string {
  return `${table}_p${day.replaceAll('-', '')}`;
}
