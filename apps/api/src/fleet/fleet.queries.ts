import { AGED_SECONDS } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';

export interface FleetHostRow {
  readonly hostId: number;
  readonly id: string;
  readonly hostname: string;
  readonly labels: Record<string, string>;
  readonly firstSeenAt: Date;
}

/** Hosts by name, from after a place in that order; all of them without a limit. */
export async function fleetHosts(
  sql: Sql,
  after: readonly [hostname: string, hostId: number] | undefined,
  limit: number | null,
): Promise<FleetHostRow[]> {
  return sql.query<FleetHostRow[]>(
    `SELECT host_id AS "hostId", agent_id AS id, hostname, labels, first_seen_at AS "firstSeenAt"
       FROM host
      WHERE $1::text IS NULL OR (hostname, host_id) > ($1::text, $2::integer)
      ORDER BY hostname, host_id
      LIMIT $3`,
    [after?.[0] ?? null, after?.[1] ?? null, limit],
  );
}

/** CLOSE_WAIT connections that one host had in its own namespace. */
export interface WaitingRow {
  readonly hostId: number;
  readonly count: number;
  readonly aged: number;
  readonly oldestAt: Date;
}

/** What each host had in CLOSE_WAIT at an instant (milliseconds); hosts without any are left out. `hostIds` null: all. */
export async function waitingAt(sql: Sql, hostIds: readonly number[] | null, at: number): Promise<WaitingRow[]> {
  const asked = 'netns_id = 0 AND opened_before <= $1 AND ($2::integer[] IS NULL OR host_id = ANY($2::integer[]))';
  return sql.query<WaitingRow[]>(
    `SELECT host_id AS "hostId", count(*)::integer AS count,
            (count(*) FILTER (WHERE opened_before <= $1::timestamptz - make_interval(secs => $3)))::integer AS aged,
            min(opened_before) AS "oldestAt"
       FROM (SELECT host_id, opened_before FROM connection_open WHERE ${asked}
              UNION ALL
             SELECT host_id, opened_before FROM connection_ended WHERE ${asked} AND ended_at > $1) waiting
      GROUP BY host_id`,
    [isoInstant(at), hostIds, AGED_SECONDS],
  );
}
