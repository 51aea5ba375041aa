import { TCP_STATES } from '@closewatch/socket-states';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';

export const HOUR_MS = 3_600_000;

/** Snapshots of one namespace of a host, `from` to `to` in milliseconds since the epoch, `to` included. */
export interface SnapshotRange {
  readonly hostId: number;
  readonly netns: number;
  readonly from: number;
  readonly to: number;
}

/** Some snapshots of one hour as they come from the database. */
export type StoredChunk = StoredPack | StoredRows;

/** A pack: what packing/snapshot-pack.ts wrote, all of the hour. */
export interface StoredPack {
  readonly hour: Date;
  readonly runIds: string[];
  readonly content: Buffer;
}

/** Rows of one run, in any order. */
export interface StoredRows {
  readonly hour: Date;
  readonly runIds: string[];
  readonly content: null;
  readonly samples: number;
  /** `{1,2,NULL};{...}`: taken_at, how far stands_at is before it, interval_ms, seq, complete, then each of TCP_STATES. */
  readonly numbers: string;
}

/** The hour before which packs count. */
export const PACKED_UNTIL = '(SELECT packed_until FROM packing)';

/** One text for all numbers of a chunk: objects or arrays of pg's, one a row, would cost ten times as much. */
export const NUMBERS = [
  "round(date_part('epoch', taken_at) * 1000)::bigint",
  "coalesce(round(date_part('epoch', taken_at - stands_at) * 1000)::bigint, 0)",
  'interval_ms',
  'seq',
  'complete::integer',
  ...TCP_STATES,
].map((column) => `array_agg(${column})::text`);

/** The chunks of rows of `table` in $3 to $4 for which `condition` holds. */
export function rowChunks(table: 'snapshot' | 'snapshot_late', condition = 'true'): string {
  return `SELECT date_trunc('hour', taken_at) AS hour, ARRAY[run_id] AS "runIds", NULL::bytea AS content,
                 count(*)::integer AS samples, concat_ws(';', ${NUMBERS.join(', ')}) AS numbers
            FROM ${table}
           WHERE host_id = $1 AND netns_id = $2 AND taken_at >= $3 AND taken_at <= $4 AND ${condition}
           GROUP BY date_trunc('hour', taken_at), run_id`;
}

/**
 * Everything in the range, in no order: packs (whole hours, so beyond its ends), and rows, repeats among them. One
 * statement, so that what the packer does meanwhile is seen wholly or not at all. It plans before it takes its snapshot, unless in
 * a REPEATABLE READ transaction: there, a partition that is dropped after the transaction's first statement would be missed.
 */
export async function findChunks(sql: Sql, { hostId, netns, from, to }: SnapshotRange): Promise<StoredChunk[]> {
  return sql.query<StoredChunk[]>(
    `SELECT hour, run_ids AS "runIds", content, samples, NULL::text AS numbers
       FROM snapshot_pack
      WHERE host_id = $1 AND netns_id = $2 AND hour >= $5 AND hour <= $4 AND hour < ${PACKED_UNTIL}
      UNION ALL
     ${rowChunks('snapshot', `taken_at >= ${PACKED_UNTIL}`)}
      UNION ALL
     ${rowChunks('snapshot_late')}`,
    [hostId, netns, isoInstant(from), isoInstant(to), isoInstant(Math.floor(from / HOUR_MS) * HOUR_MS)],
  );
}
