import { type Connection, type Owner } from '@closewatch/protocol';
import { isoInstant } from '../time/clock.ts';
import { type ConnectionDetails, unpackDetails } from './connection-details.ts';

/** A row of {@link OPEN_COLUMNS} or {@link ENDED_COLUMNS}. */
export interface ConnectionRow {
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

/** What is read of connection_open. */
export const OPEN_COLUMNS = `${COLUMNS}, NULL::timestamptz AS "endedAt", NULL::text AS "endedAs"`;
/** What is read of connection_ended. */
export const ENDED_COLUMNS = `${COLUMNS}, ended_at AS "endedAt", ended_as AS "endedAs"`;

export function connectionOf(row: ConnectionRow): Connection {
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
