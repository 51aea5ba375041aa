import { type Connection, type Owner } from '@closewatch/protocol';
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
    bytesAcked: null,
    lastSentAt: null,
    timer: null,
    acceptQueue: null,
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

/** A connection with every number at its longest and every text but the dates empty. */
const LONGEST_BARE: Connection = {
  socketId: '',
  transport: 'tcp',
  local: { address: '', port: 65_535 },
  peer: { address: '', port: 65_535 },
  direction: 'outbound',
  openedAfter: new Date(0).toISOString(),
  openedBefore: new Date(0).toISOString(),
  firstSeenAt: new Date(0).toISOString(),
  lastSeenAt: new Date(0).toISOString(),
  recvQueue: 4_294_967_295,
  sendQueue: 4_294_967_295,
  bytesAcked: Number.MAX_SAFE_INTEGER,
  lastSentAt: new Date(0).toISOString(),
  timer: { kind: 'zero_window_probe', expiresInMs: 4_294_967_295, retries: 255 },
  acceptQueue: { length: 4_294_967_295, limit: 4_294_967_295 },
  uid: 4_294_967_295,
  ownership: 'not_accepted',
  owners: [],
};
const END = { endedAt: new Date(0).toISOString(), endedAs: 'orphaned' } as const;
/** With the comma that parts it from the next. */
const OPEN_BYTES = bytesOf(LONGEST_BARE) + 1;
const ENDED_BYTES = bytesOf({ ...LONGEST_BARE, ...END }) + 1;

/** Owners stay the same over many snapshots. */
const bytesByOwners = new WeakMap<readonly Owner[], number>();

/** How many bytes it takes as JSON at most: some dozens more than it will, for what its numbers could grow to. */
export function mostBytes({ socketId, fiveTuple, ended, owners }: TrackedSocket): number {
  let ownersBytes = bytesByOwners.get(owners);
  if (ownersBytes === undefined) bytesByOwners.set(owners, (ownersBytes = bytesOf(owners)));
  const texts = socketId.length + fiveTuple.local.address.length + fiveTuple.peer.address.length;
  return (ended === undefined ? OPEN_BYTES : ENDED_BYTES) + texts + ownersBytes;
}

function bytesOf(value: Connection | readonly Owner[]): number {
  return Buffer.byteLength(JSON.stringify(value));
}
