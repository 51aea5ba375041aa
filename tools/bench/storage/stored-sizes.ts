import { type ClosewatchServer } from '../ingest/closewatch-server.ts';

/** Bytes on disk of what a kind of table holds: rows, their TOAST, indexes, maps. Partitions without rows are left out. */
export async function sizeOf(server: ClosewatchServer, table: string): Promise<number> {
  const partitions = await server.query<{ name: string }>(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = '${table}'::regclass`,
  );
  let bytes = 0;
  for (const { name } of partitions.length === 0 ? [{ name: table }] : partitions) {
    const [row] = await server.query<{ bytes: string; filled: boolean }>(
      `SELECT pg_total_relation_size('${name}') AS bytes, EXISTS (SELECT FROM ${name}) AS filled`,
    );
    if (row?.filled === true) bytes += Number(row.bytes);
  }
  return bytes;
}

/** Rows of a table. */
export async function rowsOf(server: ClosewatchServer, table: string): Promise<number> {
  const [row] = await server.query<{ count: string }>(`SELECT count(*) FROM ${table}`);
  return Number(row?.count ?? 0);
}
