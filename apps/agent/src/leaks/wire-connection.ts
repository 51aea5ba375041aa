import { type Connection } from '@closewatch/protocol';
import { type TrackedSocket } from './tracked-socket.ts';

/** A tracked socket as the server is told of it; `instant` writes a time of the monotonic clock as ISO 8601. */
export function wireConnection(tracked: TrackedSocket, instant: (monotonicMs: number) => string): Connection {
  const { socketId, fiveTuple, direction, openedAfter, ended, recvQueue, sendQueue, uid, ownership } = tracked;
  return {
    socketId,
    transport: fiveTuple.transport,
    local: fiveTuple.local,
    peer: fiveTuple.peer,
    direction,
    openedAfter: openedAfter === null ? null : instant(openedAfter),
    openedBefore: instant(tracked.openedBefore),
    firstSeenAt: instant(tracked.firstSeenAt),
    lastSeenAt: instant(tracked.lastSeenAt),
    ...(ended === undefined ? {} : { endedAt: instant(ended.at), endedAs: ended.as }),
    recvQueue,
    sendQueue,
    uid,
    ownership,
    owners: [...tracked.owners],
  };
}

/** Bytes of a connection's JSON without its owners, at the longest of everything. */
const BYTES_WITHOUT_OWNERS = 640;

/** How many bytes it takes as JSON at most. */
export function mostBytes({ owners }: TrackedSocket): number {
  return BYTES_WITHOUT_OWNERS + Buffer.byteLength(JSON.stringify(owners));
}
