import { type Connection } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';
import { connectionOf, type ConnectionRow, ENDED_COLUMNS, OPEN_COLUMNS } from './connection-rows.ts';

export interface FoundConnectionRow {
  readonly netns: number;
  /** What the namespace is called on its host; null: by no name. */
  readonly netnsName: string | null;
  readonly connection: Connection;
}

/** A connection of a host, open or ended; undefined: there is none of this id, or it is past retention. */
export async function findConnection(
  sql: Sql,
  hostId: number,
  socketId: string,
): Promise<FoundConnectionRow | undefined> {
  const rows = await sql.query<(ConnectionRow & { netns: number; netnsName: string | null })[]>(
    `SELECT connection.*, netns.name AS "netnsName"
       FROM (SELECT host_id, netns_id AS netns, ${OPEN_COLUMNS} FROM connection_open WHERE host_id = $1 AND socket_id = $2
              UNION ALL
             (SELECT host_id, netns_id, ${ENDED_COLUMNS}
                FROM connection_ended WHERE host_id = $1 AND socket_id = $2
               ORDER BY ended_at DESC LIMIT 1)) connection
       LEFT JOIN netns ON netns.host_id = connection.host_id AND netns.netns_id = connection.netns
      ORDER BY "endedAt" DESC NULLS FIRST
      LIMIT 1`,
    [hostId, socketId],
  );
  const row = rows[0];
  return row && { netns: row.netns, netnsName: row.netnsName, connection: connectionOf(row) };
}
