import { type Sql } from '../database/data-source.ts';
import { HOUR_MS, PACKED_UNTIL } from '../history/snapshot-chunks.queries.ts';
import { isoInstant } from '../time/clock.ts';

/** What the tables of samples are named by: `process_sample`, `process_late`, `process_pack`. */
export type SampleTable = 'process' | 'port';

/** Samples of one namespace of a host, `from` to `to` in milliseconds since the epoch, `to` included. */
export interface SampleRange {
  readonly hostId: number;
  readonly netns: number;
  readonly from: number;
  readonly to: number;
}

export type StoredSamples = StoredPack | StoredRow;

/** An hour of samples (packing/listing-pack.ts). */
export interface StoredPack {
  readonly source: 'pack';
  /** The hour. */
  readonly at: Date;
  readonly pack: Buffer;
  readonly content: null;
}

export interface StoredRow {
  readonly source: 'row' | 'late';
  /** The instant that it stands for. */
  readonly at: Date;
  readonly pack: null;
  /** JSON, as text: so that many are not parsed in one go. */
  readonly content: string;
}

/**
 * Samples in the range: packs of whole hours, which go beyond it; rows and late rows, of each the first `limit`. One
 * statement, so that what the packer does meanwhile is seen wholly or not at all; `sql` must not be inside a REPEATABLE
 * READ transaction (history/snapshot-chunks.queries.ts says why).
 */
export async function findSamples(
  sql: Sql,
  table: SampleTable,
  { hostId, netns, from, to }: SampleRange,
  limit: number,
): Promise<StoredSamples[]> {
  const rows = (source: 'row' | 'late', name: string, condition: string): string =>
    `(SELECT '${source}' AS source, taken_at AS at, NULL::bytea AS pack, content::text
        FROM ${name}
       WHERE host_id = $1 AND netns_id = $2 AND taken_at >= $3 AND taken_at <= $4 AND ${condition}
       ORDER BY taken_at
       LIMIT $6)`;
  return sql.query<StoredSamples[]>(
    `SELECT 'pack' AS source, hour AS at, content AS pack, NULL::text AS content
       FROM ${table}_pack
      WHERE host_id = $1 AND netns_id = $2 AND hour >= $5 AND hour <= $4 AND hour < ${PACKED_UNTIL}
      UNION ALL
     ${rows('row', `${table}_sample`, `taken_at >= ${PACKED_UNTIL}`)}
      UNION ALL
     ${rows('late', `${table}_late`, 'true')}`,
    [hostId, netns, isoInstant(from), isoInstant(to), isoInstant(Math.floor(from / HOUR_MS) * HOUR_MS), limit],
  );
}
