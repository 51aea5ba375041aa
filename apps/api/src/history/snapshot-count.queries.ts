import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';
import { HOUR_MS, PACKED_UNTIL, type SnapshotRange } from './snapshot-chunks.queries.ts';

/**
 * How many snapshots would be read of a range: packs count whole, repeats too. Rows are counted no further than one more
 * than `most`.
 */
export async function countSnapshots(
  sql: Sql,
  { hostId, netns, from, to }: SnapshotRange,
  most: number,
): Promise<number> {
  const rows = (table: 'snapshot' | 'snapshot_late', since: string): string =>
    `(SELECT count(*)
        FROM (SELECT FROM ${table}
               WHERE host_id = $1 AND netns_id = $2 AND taken_at >= ${since} AND taken_at <= $4
               LIMIT $6) counted)`;
  const [found] = await sql.query<{ samples: number }[]>(
    `SELECT ((SELECT coalesce(sum(samples), 0)
                FROM snapshot_pack
               WHERE host_id = $1 AND netns_id = $2 AND hour >= $5 AND hour <= $4 AND hour < ${PACKED_UNTIL})
             + ${rows('snapshot', `greatest($3, ${PACKED_UNTIL})`)}
             + ${rows('snapshot_late', '$3')})::double precision AS samples`,
    [hostId, netns, isoInstant(from), isoInstant(to), isoInstant(Math.floor(from / HOUR_MS) * HOUR_MS), most + 1],
  );
  return found?.samples ?? 0;
}
