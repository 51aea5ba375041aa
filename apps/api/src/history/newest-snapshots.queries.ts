import { TCP_STATES, type TcpState } from '@closewatch/socket-states';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';
import { PACKED_UNTIL } from './snapshot-chunks.queries.ts';

/** Between these instants, milliseconds since the epoch, both included. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** The pack of the newest packed hour of a host. */
export interface NewestPack {
  readonly hostId: number;
  readonly hour: Date;
  readonly content: Buffer;
}

/** The newest row of a host; its counts are columns of their own. */
export interface NewestRow extends Readonly<Record<TcpState, number | null>> {
  readonly hostId: number;
  readonly hour: null;
  readonly takenAt: Date;
  readonly intervalMs: number;
}

const PACK = `
  SELECT asked.host_id AS "hostId", pack.*
    FROM unnest($1::integer[]) AS asked (host_id)
   CROSS JOIN LATERAL (
     SELECT hour, content
       FROM snapshot_pack
      WHERE host_id = asked.host_id AND netns_id = 0 AND hour >= $2 AND hour <= $3 AND hour < ${PACKED_UNTIL}
      ORDER BY hour DESC LIMIT 1
   ) pack`;

/** `condition`, which names no column, spares the search of every host where it does not hold. */
function newestRow(table: 'snapshot' | 'snapshot_late', since: string, condition: string): string {
  return `
  SELECT asked.host_id, NULL, NULL, newest.*
    FROM unnest($1::integer[]) AS asked (host_id)
   CROSS JOIN LATERAL (
     SELECT taken_at, interval_ms, ${TCP_STATES.join(', ')}
       FROM ${table}
      WHERE host_id = asked.host_id AND netns_id = 0 AND taken_at >= ${since} AND taken_at <= $5
      ORDER BY taken_at DESC LIMIT 1
   ) newest
   WHERE ${condition}`;
}

/**
 * Of each host, in its own namespace, whatever may hold its newest snapshot within the window: the pack of the newest hour, the
 * newest row, the newest late one. One statement, as findChunks is.
 */
export async function findNewest(
  sql: Sql,
  hostIds: readonly number[],
  { from, to }: Window,
): Promise<(NewestPack | NewestRow)[]> {
  const columns = TCP_STATES.map((state) => `NULL::integer AS ${state}`).join(', ');
  return sql.query<(NewestPack | NewestRow)[]>(
    `SELECT pack.*, NULL::timestamptz AS "takenAt", NULL::integer AS "intervalMs", ${columns} FROM (${PACK}) pack
      UNION ALL ${newestRow('snapshot', `greatest($4, ${PACKED_UNTIL})`, `$5 >= ${PACKED_UNTIL}`)}
      UNION ALL ${newestRow('snapshot_late', '$4', 'EXISTS (SELECT FROM snapshot_late)')}`,
    [hostIds, isoInstant(hourOf(from)), isoInstant(hourOf(to)), isoInstant(from), isoInstant(to)],
  );
}

/** The packs of the newest hours within the window alone: for hosts of which a later hour told nothing. */
export async function findNewestPacks(
  sql: Sql,
  hostIds: readonly number[],
  { from, to }: Window,
): Promise<NewestPack[]> {
  return sql.query<NewestPack[]>(PACK, [hostIds, isoInstant(hourOf(from)), isoInstant(hourOf(to))]);
}

function hourOf(at: number): number {
  return Math.floor(at / 3_600_000) * 3_600_000;
}
