import { type Connection, type Owner } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';
import { type ConnectionDetails, unpackDetails } from './connection-details.ts';

interface Stored {
  readonly socketId: string;
  readonly localAddress: string;
  readonly localPort: number;
  readonly peerAddress: string;
  readonly peerPort: number;
  readonly direction: Connection['direction'];
  readonly openedAfter: Date | null;
  readonly openedBefore: Date;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly endedAt: Date | null;
  readonly endedAs: NonNullable<Connection['endedAs']> | null;
  /** bigint comes as text. */
  readonly recvQueue: string;
  readonly sendQueue: string;
  readonly uid: string | null;
  readonly ownership: Connection['ownership'];
  readonly owners: Owner[];
  readonly details: Partial<ConnectionDetails> | null;
}

const COLUMNS = `socket_id AS "socketId", host(local_address) AS "localAddress", local_port AS "localPort",
         host(peer_address) AS "peerAddress", peer_port AS "peerPort", direction, opened_after AS "openedAfter",
         opened_before AS "openedBefore", first_seen_at AS "firstSeenAt", last_seen_at AS "lastSeenAt",
         recv_queue AS "recvQueue", send_queue AS "sendQueue", uid, ownership, owners, details`;

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
  const rows = await sql.query<Stored[]>(
    `SELECT ${COLUMNS}, NULL AS "endedAt", NULL AS "endedAs"
       FROM connection_open
      WHERE host_id = $1 AND netns_id = $2 AND ${AFTER}
      ORDER BY opened_before, socket_id
      LIMIT $5`,
    parameters(page),
  );
  return rows.map(connection);
}

/** Connections that were in CLOSE_WAIT at an instant: still open ones, and those that ended after it. */
export async function connectionsAt(sql: Sql, page: ConnectionsPage, at: number): Promise<Connection[]> {
  const rows = await sql.query<Stored[]>(
    `SELECT ${COLUMNS}, NULL::timestamptz AS "endedAt", NULL AS "endedAs"
       FROM connection_open
      WHERE host_id = $1 AND netns_id = $2 AND ${AFTER} AND opened_before <= $6
      UNION ALL
     SELECT ${COLUMNS}, ended_at, ended_as
       FROM connection_ended
      WHERE host_id = $1 AND netns_id = $2 AND ${AFTER} AND opened_before <= $6 AND ended_at > $6
      ORDER BY "openedBefore", "socketId"
      LIMIT $5`,
    [...parameters(page), isoInstant(at)],
  );
  return rows.map(connection);
}

function parameters({ hostId, netns, after, limit }: ConnectionsPage): unknown[] {
  return [hostId, netns, after?.[0] ?? null, after?.[1] ?? null, limit];
}

function connection(row: Stored): Connection {
  return {
    socketId: row.socketId,
    transport: 'tcp',
    local: { address: row.localAddress, port: row.localPort },
    peer: { address: row.peerAddress, port: row.peerPort },
    direction: row.direction,
    openedAfter: row.openedAfter === null ? null : isoInstant(row.openedAfter),
    openedBefore: isoInstant(row.openedBefore),
    firstSeenAt: isoInstant(row.firstSeenAt),
    lastSeenAt: isoInstant(row.lastSeenAt),
    ...(row.endedAt === null || row.endedAs === null ? {} : { endedAt: isoInstant(row.endedAt), endedAs: row.endedAs }),
    recvQueue: Number(row.recvQueue),
    sendQueue: Number(row.sendQueue),
    uid: row.uid === null ? null : Number(row.uid),
    ownership: row.ownership,
    owners: row.owners,
    ...unpackDetails(row.details),
  };
}
