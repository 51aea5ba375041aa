import { listPartitions, partitionOf } from '../database/partitions.queries.ts';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';
import { COLUMNS } from './lifetimes.queries.ts';
import { MissingDaysError } from './missing-days.ts';
import { instantArray, plainArray } from './plain-array.ts';

/** Open connections of a namespace whose newest snapshot, of those that list them, is the same. */
export interface Unlisted {
  readonly hostId: number;
  readonly netns: number;
  readonly listedAt: Date;
}

/** A complete snapshot. */
export interface Complete {
  readonly takenAt: number;
  /** The instant that its contents stand for, earlier than `takenAt` when that was ahead of our clock. */
  readonly standsAt: number;
}

/** A host, and the newest complete snapshot of its own namespace; of others netns knows it. */
export interface HostCompleteness {
  readonly hostId: number;
  readonly completeAt: number | null;
}

/** The first complete snapshot of a table after an instant; one ahead of our clock never stands for a later one than it came at. */
const firstComplete = (table: string, of: string, after: string): string => `
  (SELECT taken_at, coalesce(stands_at, taken_at) AS stands_at
     FROM ${table}
    WHERE ${table}.host_id = ${of}.host_id AND ${table}.netns_id = ${of}.netns_id AND ${table}.complete
      AND ${table}.taken_at > ${after} AND coalesce(${table}.stands_at, ${table}.taken_at) > ${after}
    ORDER BY ${table}.taken_at
    LIMIT 1)`;
/** The same of what is kept as rows. */
const firstInRows = (of: string, after: string): string => `
  SELECT * FROM (${firstComplete('snapshot', of, after)} UNION ALL ${firstComplete('snapshot_late', of, after)}) complete
   ORDER BY taken_at
   LIMIT 1`;

/**
 * Moves what has ended to connection_ended: what an agent reported as ended and has not seen since, and what a complete
 * snapshot, newer than any that lists it, leaves out (`lost`, at the first such snapshot). Returns what is left out by one
 * and is not moved, because hours that are packed come into question.
 */
export async function endByRows(sql: Sql, hosts: readonly HostCompleteness[]): Promise<Unlisted[]> {
  return sql.query<Unlisted[]>(
    `WITH reported AS (
       SELECT host_id, socket_id, reported_end_at AS ended_at, reported_end_as AS ended_as
         FROM connection_open
        WHERE host_id = ANY($1::integer[]) AND reported_end_at >= last_seen_at
     ), left_out AS MATERIALIZED (
       SELECT open.host_id, open.netns_id, open.socket_id, open.listed_at,
              open.listed_at < (SELECT packed_until FROM packing) AS packed
         FROM connection_open open
         JOIN unnest($1::integer[], $2::timestamptz[]) AS own (host_id, complete_at) ON own.host_id = open.host_id
         LEFT JOIN netns ON netns.host_id = open.host_id AND netns.netns_id = open.netns_id AND open.netns_id <> 0
        WHERE CASE open.netns_id WHEN 0 THEN own.complete_at ELSE netns.complete_at END > open.listed_at
          AND (open.reported_end_at IS NULL OR open.reported_end_at < open.last_seen_at)
     ), lost AS (
       SELECT left_out.host_id, left_out.socket_id, missing.stands_at AS ended_at, 'lost' AS ended_as
         FROM left_out
        CROSS JOIN LATERAL (${firstInRows('left_out', 'left_out.listed_at')}) missing
        WHERE NOT left_out.packed
     ), gone AS (
       DELETE FROM connection_open open
        USING (SELECT * FROM reported UNION ALL SELECT * FROM lost) finished
        WHERE open.host_id = finished.host_id AND open.socket_id = finished.socket_id
       RETURNING open.*, finished.ended_at, finished.ended_as
     ), ended AS (
       INSERT INTO connection_ended (${COLUMNS}, ended_at, ended_as) SELECT ${COLUMNS}, ended_at, ended_as FROM gone
     )
     SELECT DISTINCT host_id AS "hostId", netns_id AS netns, listed_at AS "listedAt" FROM left_out WHERE packed`,
    [plainArray(hosts.map(({ hostId }) => hostId)), instantArray(hosts.map(({ completeAt }) => completeAt))],
  );
}

/** For each of them the first complete snapshot that is kept as a row, if there is one. */
export async function findCompleteRows(sql: Sql, unlisted: readonly Unlisted[]): Promise<(Complete | undefined)[]> {
  const rows = await sql.query<{ index: number; takenAt: Date; standsAt: Date }[]>(
    `SELECT told.index::integer, missing.taken_at AS "takenAt", missing.stands_at AS "standsAt"
       FROM unnest($1::integer[], $2::integer[], $3::timestamptz[]) WITH ORDINALITY
            AS told (host_id, netns_id, listed_at, index)
      CROSS JOIN LATERAL (${firstInRows('told', 'told.listed_at')}) missing`,
    unlistedColumns(unlisted),
  );
  const found = new Map(rows.map((row) => [row.index, row]));
  return unlisted.map((_, index) => {
    const row = found.get(index + 1);
    return row === undefined ? undefined : { takenAt: row.takenAt.getTime(), standsAt: row.standsAt.getTime() };
  });
}

export interface PackOfHour {
  readonly hour: Date;
  readonly runIds: string[];
  readonly content: Buffer;
}

/** The packs of a namespace from an hour on (milliseconds), the earliest first; at most `limit`. */
export async function findPacksFrom(
  sql: Sql,
  { hostId, netns }: Pick<Unlisted, 'hostId' | 'netns'>,
  hour: number,
  limit: number,
): Promise<PackOfHour[]> {
  return sql.query<PackOfHour[]>(
    `SELECT hour, run_ids AS "runIds", content FROM snapshot_pack
      WHERE host_id = $1 AND netns_id = $2 AND hour >= $3
      ORDER BY hour
      LIMIT $4`,
    [hostId, netns, isoInstant(hour), limit],
  );
}

/** Moves them to connection_ended, `lost` at these instants (milliseconds). Throws {@link MissingDaysError}. */
export async function endUnlisted(
  sql: Sql,
  endings: readonly (Unlisted & { readonly endedAt: number })[],
): Promise<void> {
  if (endings.length === 0) return;
  await requireEndedDays(sql, endings);
  await sql.query(
    `WITH gone AS (
       DELETE FROM connection_open open
        USING unnest($1::integer[], $2::integer[], $3::timestamptz[], $4::timestamptz[])
              AS found (host_id, netns_id, listed_at, ended_at)
        WHERE open.host_id = found.host_id AND open.netns_id = found.netns_id AND open.listed_at = found.listed_at
          AND (open.reported_end_at IS NULL OR open.reported_end_at < open.last_seen_at)
       RETURNING open.*, found.ended_at
     )
     INSERT INTO connection_ended (${COLUMNS}, ended_at, ended_as) SELECT ${COLUMNS}, ended_at, 'lost' FROM gone`,
    [...unlistedColumns(endings), instantArray(endings.map(({ endedAt }) => endedAt))],
  );
}

function unlistedColumns(unlisted: readonly Unlisted[]): unknown[] {
  return [
    plainArray(unlisted.map(({ hostId }) => hostId)),
    plainArray(unlisted.map(({ netns }) => netns)),
    instantArray(unlisted.map(({ listedAt }) => listedAt.getTime())),
  ];
}

async function requireEndedDays(sql: Sql, endings: readonly { readonly endedAt: number }[]): Promise<void> {
  const there = new Set(await listPartitions(sql, 'connection_ended'));
  const missing = endings.filter(({ endedAt }) => !there.has(partitionOf('connection_ended', endedAt)));
  if (missing.length > 0) throw new MissingDaysError(missing.map(({ endedAt }) => endedAt));
}
