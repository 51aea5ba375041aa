import { type Connection } from '@closewatch/protocol';
import { type ToldDates, type TrackedSocket } from './tracked-socket.ts';

/**
 * A tracked socket as snapshot `seq` tells the server of it; `instant` writes a time of the monotonic clock as ISO 8601.
 * The server keeps the greatest of all `openedAfter` and the least of all `openedBefore`, and an end counts only when it
 * is no older than the socket was seen: dates that moved with our knowledge of its clock would turn a bracket of
 * milliseconds inside out, and undo ends. So a beginning is dated once, when it is first told, and nothing that follows
 * is dated before what was told.
 */
export function wireConnection(
  tracked: TrackedSocket,
  instant: (monotonicMs: number) => string,
  seq: number,
): Connection {
  const { socketId, fiveTuple, direction, ended, recvQueue, sendQueue, uid, ownership } = tracked;
  const told = (tracked.toldDates ??= datesOf(tracked, instant, seq));
  const { openedAfter, openedBefore, firstSeenAt } = told;
  const lastSeenAt = (told.lastSeenAt = later(told.lastSeenAt, instant(tracked.lastSeenAt)));
  return {
    socketId,
    transport: fiveTuple.transport,
    local: fiveTuple.local,
    peer: fiveTuple.peer,
    direction,
    openedAfter,
    openedBefore,
    firstSeenAt,
    lastSeenAt,
    ...(ended === undefined ? {} : { endedAt: later(lastSeenAt, instant(ended.at)), endedAs: ended.as }),
    recvQueue,
    sendQueue,
    uid,
    ownership,
    owners: [...tracked.owners],
  };
}

function datesOf(tracked: TrackedSocket, instant: (monotonicMs: number) => string, firstSeq: number): ToldDates {
  const before = Math.min(tracked.openedBefore, tracked.firstSeenAt);
  const firstSeenAt = instant(tracked.firstSeenAt);
  return {
    openedAfter: tracked.openedAfter === null ? null : instant(Math.min(tracked.openedAfter, before)),
    openedBefore: instant(before),
    firstSeenAt,
    lastSeenAt: firstSeenAt,
    firstSeq,
  };
}

/** Of two instants in the one spelling that Date writes, whose order is that of the texts. */
function later(a: string, b: string): string {
  return a > b ? a : b;
}

/** Bytes of a connection's JSON without its owners, at the longest of everything. */
const BYTES_WITHOUT_OWNERS = 640;

/** How many bytes it takes as JSON at most. */
export function mostBytes({ owners }: TrackedSocket): number {
  return BYTES_WITHOUT_OWNERS + Buffer.byteLength(JSON.stringify(owners));
}
