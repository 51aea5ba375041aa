import { type Sql } from '../database/data-source.ts';
import { HOUR_MS, PACKED_UNTIL } from '../history/snapshot-chunks.queries.ts';
import { isoInstant } from '../time/clock.ts';

/** The host's number in the database; undefined before its first text. */
export async function findTextHost(sql: Sql, agentId: string): Promise<number | undefined> {
  const rows = await sql.query<{ hostId: number }[]>('SELECT host_id AS "hostId" FROM host WHERE agent_id = $1', [
    agentId,
  ]);
  return rows[0]?.hostId;
}

/** Where the last texts of a host are kept: rows, or packs of an hour each. */
export type KeptTexts = KeptRow | KeptPack;

export interface KeptRow {
  readonly takenAt: Date;
  readonly seq: string;
  readonly content: null;
}

export interface KeptPack {
  /** The hour. */
  readonly takenAt: Date;
  readonly runIds: string[];
  readonly content: Buffer;
}

/**
 * What holds the last two snapshots of a host, in no order: rows, late ones, and packs where there are not two rows; repeats
 * among them. One statement, so that what is packed meanwhile is found in one place or the other. `since` (milliseconds)
 * spares the older partitions.
 */
export async function findLastTexts(sql: Sql, hostId: number, since: number): Promise<KeptTexts[]> {
  const lastTwo = (table: string): string =>
    `SELECT taken_at, seq FROM ${table}
      WHERE host_id = $1 AND netns_id = 0 AND taken_at >= $2 ORDER BY taken_at DESC LIMIT 2`;
  return sql.query<KeptTexts[]>(
    `WITH hot AS MATERIALIZED (${lastTwo('snapshot')}), late AS MATERIALIZED (${lastTwo('snapshot_late')})
     SELECT taken_at AS "takenAt", seq, NULL::uuid[] AS "runIds", NULL::bytea AS content FROM hot
      UNION ALL
     SELECT taken_at, seq, NULL, NULL FROM late
      UNION ALL
     (SELECT hour, NULL, run_ids, content
        FROM snapshot_pack
       WHERE host_id = $1 AND netns_id = 0 AND hour >= $3 AND hour < ${PACKED_UNTIL} AND (SELECT count(*) < 2 FROM hot)
       ORDER BY hour DESC LIMIT 2)`,
    [hostId, isoInstant(since), isoInstant(Math.floor(since / HOUR_MS) * HOUR_MS)],
  );
}
