import { type Sql } from './data-source.ts';

/** Held by whoever makes or drops partitions. */
const PARTITION_LOCK = 2_031_173_003;
/**
 * Shared by backups while they read, taken alone by whoever drops a partition: a backup reads one after the other as of its
 * beginning, and would miss what is dropped before its turn.
 */
export const BACKUP_LOCK = 2_031_173_004;

/** Tables that are partitioned by time, and how long a partition of each is, in UTC. */
export const PARTITIONED_TABLES = {
  snapshot: 'day',
  snapshot_pack: 'day',
  snapshot_rollup: 'month',
  process_sample: 'day',
  process_pack: 'day',
  port_sample: 'day',
  port_pack: 'day',
  connection_ended: 'day',
  agent_event: 'day',
} as const satisfies Record<string, 'day' | 'month'>;
export type PartitionedTable = keyof typeof PARTITIONED_TABLES;

/** Of these the packer drops what is packed; it is not made again. */
export const HOT_TABLES: ReadonlySet<PartitionedTable> = new Set(['snapshot', 'process_sample', 'port_sample']);

/** Which of these partitions (first days, YYYY-MM-DD) are not wholly packed. Under the lock nothing of it is dropped. */
export async function notPacked(sql: Sql, table: PartitionedTable, partitions: readonly string[]): Promise<string[]> {
  const [row] = await sql.query<{ packedUntil: Date }[]>('SELECT packed_until AS "packedUntil" FROM packing');
  const packedUntil = row?.packedUntil.toISOString().slice(0, 10) ?? '';
  return partitions.filter((first) => nextPartition(table, first) > packedUntil);
}

/** Must run inside a transaction, whose end releases the lock. */
export async function lockPartitions(sql: Sql): Promise<void> {
  await sql.query('SELECT pg_advisory_xact_lock($1)', [PARTITION_LOCK]);
}

/** The first day (YYYY-MM-DD) of the partition of an instant (milliseconds since the epoch). */
export function partitionOf(table: PartitionedTable, atMs: number): string {
  const day = new Date(atMs).toISOString().slice(0, 10);
  return PARTITIONED_TABLES[table] === 'day' ? day : `${day.slice(0, 7)}-01`;
}

/** The first day of the partition that follows. */
export function nextPartition(table: PartitionedTable, first: string): string {
  const at = new Date(first);
  if (PARTITIONED_TABLES[table] === 'day') at.setUTCDate(at.getUTCDate() + 1);
  else at.setUTCMonth(at.getUTCMonth() + 1);
  return at.toISOString().slice(0, 10);
}

/** `first` is its first day, YYYY-MM-DD, and comes from us: DDL takes no parameters. */
export async function createPartition(sql: Sql, table: PartitionedTable, first: string): Promise<void> {
  await sql.query(
    `CREATE TABLE IF NOT EXISTS ${partitionName(table, first)} PARTITION OF ${table}
       FOR VALUES FROM ('${first} 00:00:00+00') TO ('${nextPartition(table, first)} 00:00:00+00')`,
  );
}

/** The partitions that there are, by their first days (YYYY-MM-DD). */
export async function listPartitions(sql: Sql, table: PartitionedTable): Promise<string[]> {
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

/** Must run inside a transaction. False while a backup runs: then nothing is dropped, and the next round tries again. */
export async function dropPartition(sql: Sql, table: PartitionedTable, first: string): Promise<boolean> {
  const [lock] = await sql.query<{ taken: boolean }[]>('SELECT pg_try_advisory_xact_lock($1) AS taken', [BACKUP_LOCK]);
  if (lock?.taken !== true) return false;
  await sql.query(`DROP TABLE IF EXISTS ${partitionName(table, first)}`);
  return true;
}

function partitionName(table: PartitionedTable, first: string): string {
  return `${table}_p${first.replaceAll('-', '')}`;
}
