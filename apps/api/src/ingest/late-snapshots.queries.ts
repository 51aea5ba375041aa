import { type Sql } from '../database/data-source.ts';
import { PACKED_UNTIL } from '../history/snapshot-chunks.queries.ts';
import { type SnapshotRow } from './snapshot-row.ts';

/** What is known of some snapshots: one that is kept as a row (`content` null), or the pack of an hour of some. */
export type KnownSnapshots = KnownRow | KnownPack;

export interface KnownRow {
  readonly hostId: number;
  readonly netns: number;
  readonly at: Date;
  readonly content: null;
}

export interface KnownPack {
  readonly hostId: number;
  readonly netns: number;
  /** The hour. */
  readonly at: Date;
  readonly runIds: string[];
  readonly content: Buffer;
}

/**
 * Which of these snapshots are kept as rows, hot or late, and the packs of their hours. One statement, so that what is
 * packed or merged meanwhile is found in one place or the other.
 */
export async function findKnown(sql: Sql, rows: readonly SnapshotRow[]): Promise<KnownSnapshots[]> {
  // As values, not as joins: each is a look at the primary key of one partition.
  const kept = (table: string): string =>
    `(SELECT true FROM ${table} known
       WHERE known.host_id = told.host_id AND known.netns_id = told.netns_id AND known.taken_at = told.taken_at LIMIT 1)`;
  return sql.query<KnownSnapshots[]>(
    `WITH told AS MATERIALIZED (
       SELECT * FROM unnest($1::integer[], $2::integer[], $3::timestamptz[]) AS told (host_id, netns_id, taken_at)
     )
     SELECT host_id AS "hostId", netns_id AS netns, taken_at AS at, NULL::uuid[] AS "runIds", NULL::bytea AS content
       FROM told
      WHERE coalesce(${kept('snapshot_late')}, ${kept('snapshot')}, false)
      UNION ALL
     SELECT pack.host_id, pack.netns_id, pack.hour, pack.run_ids, pack.content
       FROM (SELECT DISTINCT host_id, netns_id, date_trunc('hour', taken_at) AS hour FROM told) hours
      CROSS JOIN LATERAL (
        SELECT * FROM snapshot_pack
         WHERE snapshot_pack.host_id = hours.host_id AND snapshot_pack.netns_id = hours.netns_id
           AND snapshot_pack.hour = hours.hour AND hours.hour < ${PACKED_UNTIL}
         LIMIT 1
      ) pack`,
    [
      rows.map(({ hostId }) => hostId),
      rows.map(({ snapshot }) => snapshot.netns),
      rows.map(({ snapshot }) => snapshot.takenAt),
    ],
  );
}
