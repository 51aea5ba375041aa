import { type Connection } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';
import { connectionOf, type ConnectionRow, ENDED_COLUMNS, OPEN_COLUMNS } from './connection-rows.ts';

export interface ConnectionsPage {
  readonly hostId: number;
  readonly netns: number;
  /** The place after which to go on, in the order of opened_before and socketId. */
  readonly after: readonly [openedBefore: string, socketId: string] | undefined;
  readonly limit: number;
}

const AFTER = '($3::timestamptz IS NULL OR (opened_before, socket_id) > ($3::timestamptz, $4::text))';

/** Connections in CLOSE_WAIT now, the oldest first. */
export async function openConnections(sql: Sql, page: ConnectionsPage): Promise<Connection[]> {
  const rows = await sql.query<ConnectionRow[]>(
    `SELECT ${OPEN_COLUMNS}
       FROM connection_open
      WHERE host_id = $1 AND netns_id = $2 AND ${AFTER}
      ORDER BY opened_before, socket_id
      LIMIT $5`,
    parameters(page),
  );
  return rows.map(connectionOf);
}

/**
 * Connections that were in CLOSE_WAIT at an instant: still open ones, and those that ended after it. The days before it
 * are left out as partitions, and of the others the index has all that decides.
 */
export async function connectionsAt(sql: Sql, page: ConnectionsPage, at: number): Promise<Connection[]> {
  const rows = await sql.query<ConnectionRow[]>(
    `SELECT ${OPEN_COLUMNS}
       FROM connection_open
      WHERE host_id = $1 AND netns_id = $2 AND ${AFTER} AND opened_before <= $6
      UNION ALL
     SELECT ${ENDED_COLUMNS}
       FROM connection_ended
      WHERE host_id = $1 AND netns_id = $2 AND ${AFTER} AND opened_before <= $6 AND ended_at > $6
      ORDER BY "openedBefore", "socketId"
      LIMIT $5`,
    [...parameters(page), isoInstant(at)],
  );
  return rows.map(connectionOf);
}

function parameters({ hostId, netns, after, limit }: ConnectionsPage): unknown[] {
  return [hostId, netns, after?.[0] ?? null, after?.[1] ?? null, limit];
}
