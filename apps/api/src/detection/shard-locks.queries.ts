import { type Sql } from '../database/data-source.ts';

/** Hosts by their number modulo this; each shard has one owner. */
export const SHARDS = 16;
/** With a shard's number: held alone by the session of its owner. */
const SHARD_LOCK_CLASS = 20_311_731;
/** Shared by the session of every server that detects, so that they can be counted. */
const PRESENCE_LOCK = 2_031_173_007;

/** Tells the other servers that this session detects too. */
export async function bePresent(sql: Sql): Promise<void> {
  await sql.query('SELECT pg_advisory_lock_shared($1)', [PRESENCE_LOCK]);
}

/** How many sessions detect in this database. Of a lock of one bigint, pg_locks tells the lower half as objid. */
export async function countPresent(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ present: number }[]>(
    `SELECT count(DISTINCT pid)::integer AS present
       FROM pg_locks
      WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = $1 AND objsubid = 1
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [PRESENCE_LOCK],
  );
  return row?.present ?? 0;
}

/** Takes those of the shards that nobody has; returns them. */
export async function takeShards(sql: Sql, shards: readonly number[]): Promise<number[]> {
  const rows = await sql.query<{ shard: number }[]>(
    `SELECT shard FROM unnest($2::integer[]) AS wanted (shard) WHERE pg_try_advisory_lock($1, shard)`,
    [SHARD_LOCK_CLASS, shards],
  );
  return rows.map(({ shard }) => shard);
}

export async function releaseShards(sql: Sql, shards: readonly number[]): Promise<void> {
  await sql.query('SELECT pg_advisory_unlock($1, shard) FROM unnest($2::integer[]) AS given (shard)', [
    SHARD_LOCK_CLASS,
    shards,
  ]);
}
