import { createHash } from 'node:crypto';
import { type Connection } from '@closewatch/protocol';
import { type FiveTuple, fiveTupleKey, type TextSocket } from '@closewatch/socket-states';

/**
 * Ids of sockets that come as text. Where the text tells a cookie or an inode (-e) the id is of these, else of the
 * instant at which the five-tuple was first seen; the first letter says which, for the two are compared differently.
 */
const TOLD = 'i';
const SEEN = 'f';

export interface Sighting {
  readonly hostId: string;
  readonly fiveTuple: FiveTuple;
  readonly socket: Pick<TextSocket, 'cookie' | 'inode'>;
  /** Milliseconds since the epoch. */
  readonly seenAt: number;
  /** It is in CLOSE_WAIT since after this instant; null: nobody knows. */
  readonly openedAfter: number | null;
  /** Connections of this five-tuple that are open on the server. */
  readonly open: readonly Pick<Connection, 'socketId' | 'lastSeenAt'>[];
}

/**
 * The id of a socket: that of a connection which is open on the server, if it can be the same, so that repeats are one
 * lifetime. It is another one when cookie or inode differ, or when it entered CLOSE_WAIT after the other was last seen.
 */
export function textSocketId({ hostId, fiveTuple, socket, seenAt, openedAfter, open }: Sighting): string {
  const told = socket.cookie ?? (socket.inode === null || socket.inode === 0 ? null : String(socket.inode));
  const byIdentity = told === null ? undefined : TOLD + hash(hostId, fiveTupleKey(fiveTuple), told);
  const mayBeIt = open.filter(({ lastSeenAt }) => openedAfter === null || openedAfter <= Date.parse(lastSeenAt));
  if (byIdentity !== undefined) {
    const known = mayBeIt.find(({ socketId }) => socketId.startsWith(SEEN));
    return open.some(({ socketId }) => socketId === byIdentity) ? byIdentity : (known?.socketId ?? byIdentity);
  }
  return mayBeIt[0]?.socketId ?? SEEN + hash(hostId, fiveTupleKey(fiveTuple), String(seenAt));
}

/** 126 bits, as 21 characters of base64url. */
function hash(...parts: string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('base64url').slice(0, 21);
}
