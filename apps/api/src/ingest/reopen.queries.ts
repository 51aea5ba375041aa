import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';
import { COLUMNS, type LifetimeRow } from './lifetimes.queries.ts';
import { completeColumns, type CompleteRow } from './snapshots.queries.ts';

/** Keys of connections in parallel arrays, as unnest() takes them. */
type Keys = readonly [hostIds: readonly number[], socketIds: readonly string[]];

/**
 * Takes ended connections, of which a push speaks again, back among the open ones; endLifetimes decides. Nearly all
 * that a push mentions is open: only what is not is looked for among a month of ended ones.
 */
export async function reopenMentioned(sql: Sql, rows: readonly LifetimeRow[]): Promise<void> {
  if (rows.length === 0) return;
  const mentioned: Keys = [rows.map(({ hostId }) => hostId), rows.map(({ lifetime }) => lifetime.socketId)];
  const notOpen = await sql.query<{ hostId: number; socketId: string }[]>(
    `SELECT host_id AS "hostId", socket_id AS "socketId"
       FROM unnest($1::integer[], $2::text[]) AS mentioned (host_id, socket_id)
      WHERE NOT EXISTS (SELECT FROM connection_open open
                         WHERE open.host_id = mentioned.host_id AND open.socket_id = mentioned.socket_id)`,
    [...mentioned],
  );
  if (notOpen.length === 0) return;
  const ended = await sql.query<{ hostId: number; socketId: string; endedAt: string }[]>(FIND_ENDED, [
    notOpen.map(({ hostId }) => hostId),
    notOpen.map(({ socketId }) => socketId),
  ]);
  if (ended.length === 0) return;
  await sql.query(
    `WITH back AS (
       DELETE FROM connection_ended ended
        USING unnest($1::integer[], $2::text[], $3::timestamptz[]) AS found (host_id, socket_id, ended_at)
        WHERE ended.host_id = found.host_id AND ended.socket_id = found.socket_id AND ended.ended_at = found.ended_at
          -- Said once more for the planner, which so leaves out the other days.
          AND ended.ended_at = ANY($3::timestamptz[])
       RETURNING ended.*
     )
     INSERT INTO connection_open (${COLUMNS}) SELECT ${COLUMNS} FROM back`,
    [ended.map(({ hostId }) => hostId), ended.map(({ socketId }) => socketId), ended.map(({ endedAt }) => endedAt)],
  );
}

/**
 * Takes back connections that we ended ourselves (`lost`) later than a complete snapshot, which arrived late, proves:
 * endLifetimes then ends them at the earlier instant.
 */
export async function reopenLost(sql: Sql, late: readonly CompleteRow[]): Promise<void> {
  if (late.length === 0) return;
  await sql.query(
    `WITH back AS (
       DELETE FROM connection_ended ended
        USING unnest($1::integer[], $2::integer[], $3::timestamptz[]) AS late (host_id, netns_id, stands_at)
        WHERE ended.host_id = late.host_id
          AND ended.netns_id = late.netns_id
          AND ended.ended_at > late.stands_at
          -- The least of them once more, for the planner, which so leaves out the days before it.
          AND ended.ended_at > $4::timestamptz
          AND ended.listed_at < late.stands_at
          AND (ended.reported_end_at IS NULL OR ended.reported_end_at < ended.last_seen_at)
       RETURNING ended.*
     )
     INSERT INTO connection_open (${COLUMNS}) SELECT ${COLUMNS} FROM back`,
    [...completeColumns(late), isoInstant(Math.min(...late.map(({ standsAt }) => standsAt)))],
  );
}

/**
 * Ended connections of these keys. Joined to all of them at once, each partition would be read as a whole; one by one,
 * behind the fence of LIMIT, only the primary key will do, on PostgreSQL 15 as on 18. A connection has at most one row.
 * `endedAt` is text: exact.
 */
const FIND_ENDED = `
  SELECT found.host_id AS "hostId", found.socket_id AS "socketId", found.ended_at::text AS "endedAt"
    FROM unnest($1::integer[], $2::text[]) AS wanted (host_id, socket_id)
   CROSS JOIN LATERAL (
     SELECT ended.host_id, ended.socket_id, ended.ended_at
       FROM connection_ended ended
      WHERE ended.host_id = wanted.host_id AND ended.socket_id = wanted.socket_id
      LIMIT 1
   ) found`;
