import { TCP_STATES, type TcpState } from '@closewatch/socket-states';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';
import { type TimeGrid } from './time-grid.ts';

export interface Extent {
  readonly min: number | null;
  readonly avg: number | null;
  readonly max: number | null;
}

/** One step that has snapshots: its number in the grid, and each state's extent. */
export interface StateStep {
  readonly step: number;
  readonly states: Readonly<Record<TcpState, Extent>>;
}

/** Steps of the grid with at least one snapshot in from..to (milliseconds, `to` included). */
export async function bucketStates(
  sql: Sql,
  series: { readonly hostId: number; readonly netns: number; readonly from: number; readonly to: number },
  grid: TimeGrid,
): Promise<StateStep[]> {
  const extents = TCP_STATES.map(
    (state) =>
      `min(${state}) AS ${state}_min, avg(${state})::double precision AS ${state}_avg, max(${state}) AS ${state}_max`,
  ).join(', ');
  const rows = await sql.query<(Record<string, number | null> & { step: number })[]>(
    `SELECT floor(extract(epoch FROM taken_at - $5::timestamptz) * 1000 / $6)::integer AS step, ${extents}
       FROM snapshot
      WHERE host_id = $1 AND netns_id = $2 AND taken_at >= $3 AND taken_at <= $4
      GROUP BY step
      ORDER BY step`,
    [series.hostId, series.netns, isoInstant(series.from), isoInstant(series.to), isoInstant(grid.start), grid.stepMs],
  );
  return rows.map((row) => ({
    step: row.step,
    states: Object.fromEntries(
      TCP_STATES.map((state): [TcpState, Extent] => [
        state,
        { min: row[`${state}_min`] ?? null, avg: row[`${state}_avg`] ?? null, max: row[`${state}_max`] ?? null },
      ]),
    ) as Record<TcpState, Extent>,
  }));
}
