import { TCP_STATES } from '@closewatch/socket-states';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';
import { PACKED_UNTIL, rowChunks, type SnapshotRange, type StoredChunk } from './snapshot-chunks.queries.ts';
import { type TimeGrid } from './time-grid.ts';

/** Rollups by step of a grid: `{step, step};{...}`: after the steps, of each state measured, least, sum and greatest. */
export interface StoredRollups {
  readonly hour: null;
  readonly samples: number;
  readonly numbers: string;
}

const COLUMNS = TCP_STATES.flatMap((_, index) => {
  const state = index + 1;
  return [
    [`measured_${state}`, `sum(measured[${state}])`],
    [`least_${state}`, `min(least[${state}])`],
    // Means of whole numbers: rounding gives back the sum that they came from.
    [`sum_${state}`, `round(sum(mean[${state}] * measured[${state}]))::bigint`],
    [`greatest_${state}`, `max(greatest[${state}])`],
  ] as const;
});

/**
 * What a range, of whole hours, holds: rollups of packed hours, summed up by steps of the grid, and the snapshots of all other
 * hours. Hours for which something came late are told by their packs, which say what it repeats; where the pack has gone, or holds
 * only a part of the hour, its rollup stands alone. One statement: see findChunks.
 */
export async function findRollups(
  sql: Sql,
  { hostId, netns, from, to }: SnapshotRange,
  { start, stepMs }: TimeGrid,
): Promise<(StoredChunk | StoredRollups)[]> {
  return sql.query<(StoredChunk | StoredRollups)[]>(
    `WITH late_hour AS MATERIALIZED (
       SELECT DISTINCT date_trunc('hour', taken_at) AS hour
         FROM snapshot_late
        WHERE host_id = $1 AND netns_id = $2 AND taken_at >= $3 AND taken_at <= $4
     ), changed AS MATERIALIZED (
       SELECT hour, run_ids, content, samples
         FROM snapshot_pack
        WHERE host_id = $1 AND netns_id = $2 AND hour >= $3 AND hour <= $4 AND hour < ${PACKED_UNTIL}
          AND hour IN (SELECT hour FROM late_hour)
          AND samples >= coalesce((SELECT rollup.samples FROM snapshot_rollup rollup
                                    WHERE rollup.host_id = $1 AND rollup.netns_id = $2 AND rollup.hour = snapshot_pack.hour), 0)
     ), summed AS MATERIALIZED (
       SELECT hour
         FROM snapshot_rollup
        WHERE host_id = $1 AND netns_id = $2 AND hour >= $3 AND hour <= $4 AND hour < ${PACKED_UNTIL}
          AND hour IN (SELECT hour FROM late_hour) AND hour NOT IN (SELECT hour FROM changed)
     ), step AS (
       SELECT floor((date_part('epoch', hour) * 1000 - $5::double precision) / $6::double precision)::integer AS step,
              ${COLUMNS.map(([name, value]) => `${value} AS ${name}`).join(', ')}
         FROM snapshot_rollup
        WHERE host_id = $1 AND netns_id = $2 AND hour >= $3 AND hour <= $4 AND hour < ${PACKED_UNTIL}
          AND hour NOT IN (SELECT hour FROM changed)
        GROUP BY 1
     )
     SELECT NULL::timestamptz AS hour, NULL::uuid[] AS "runIds", NULL::bytea AS content, count(*)::integer AS samples,
            concat_ws(';', array_agg(step)::text, ${COLUMNS.map(([name]) => `array_agg(${name})::text`).join(', ')}) AS numbers
       FROM step
     HAVING count(*) > 0
      UNION ALL
     SELECT hour, run_ids, content, samples, NULL FROM changed
      UNION ALL
     ${rowChunks('snapshot', `taken_at >= ${PACKED_UNTIL}`)}
      UNION ALL
     ${rowChunks('snapshot_late', "date_trunc('hour', taken_at) NOT IN (SELECT hour FROM summed)")}`,
    [hostId, netns, isoInstant(from), isoInstant(to), start, stepMs],
  );
}
