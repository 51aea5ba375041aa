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
  const { socketId, fiveTuple, direction, ended, socket, progress, ownership } = tracked;
  const told = (tracked.toldDates ??= datesOf(tracked, instant, seq));
  const before = Math.min(tracked.openedBefore, tracked.firstSeenAt);
  const after = tracked.openedAfter === null ? null : Math.min(tracked.openedAfter, before);
  told.lastSeenMs = Math.max(told.lastSeenMs, Date.parse(instant(tracked.lastSeenAt)));
  const lastSeenAt = dated(told.lastSeenMs);
  return {
    socketId,
    transport: fiveTuple.transport,
    local: fiveTuple.local,
    peer: fiveTuple.peer,
    direction,
    openedAfter: after === null ? null : dated(told.epochMs + after),
    openedBefore: dated(told.epochMs + before),
    firstSeenAt: dated(told.epochMs + tracked.firstSeenAt),
    lastSeenAt,
    ...(ended === undefined ? {} : { endedAt: later(lastSeenAt, instant(ended.at)), endedAs: ended.as }),
    recvQueue: socket.recvQueue,
    sendQueue: socket.sendQueue,
    bytesAcked: progress?.bytesAcked ?? null,
    lastSentAt: typeof progress?.lastSentAt === 'number' ? instant(progress.lastSentAt) : null,
    timer: socket.timer(),
    acceptQueue: tracked.acceptQueue,
    uid: socket.uid,
    ownership,
    owners: [...tracked.owners],
  };
}

/** The clock as it is known now. Of it every date of the beginning follows, in the order the instants have. */
function datesOf(tracked: TrackedSocket, instant: (monotonicMs: number) => string, firstSeq: number): ToldDates {
  const firstSeenMs = Date.parse(instant(tracked.firstSeenAt));
  return { epochMs: firstSeenMs - tracked.firstSeenAt, lastSeenMs: firstSeenMs, firstSeq };
}

/** ISO 8601. */
function dated(sinceEpochMs: number): string {
  return new Date(Math.round(sinceEpochMs)).toISOString();
}

/** Of two instants in the one spelling that Date writes, whose order is that of the texts. */
function later(a: string, b: string): string {
  return a > b ? a : b;
}

/** A connection with every number at its longest, every text but the dates empty, and none of what most have not. */
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
  bytesAcked: null,
  lastSentAt: null,
  timer: null,
  acceptQueue: null,
  uid: 4_294_967_295,
  ownership: 'not_accepted',
  owners: [],
};
/** With the comma that parts it from the next. */
const BARE_BYTES = bytesOf(LONGEST_BARE) + 1;
const bytesMore = (more: Partial<Connection>): number => bytesOf({ ...LONGEST_BARE, ...more }) + 1 - BARE_BYTES;
const END_BYTES = bytesMore({ endedAt: new Date(0).toISOString(), endedAs: 'orphaned' });
const SENT_BYTES = bytesMore({ lastSentAt: new Date(0).toISOString() });
const IDLE_TIMER_BYTES = bytesMore({ timer: { kind: 'none', expiresInMs: 0, retries: 0 } });
const TIMER_BYTES = bytesMore({ timer: { kind: 'zero_window_probe', expiresInMs: 4_294_967_295, retries: 255 } });
const QUEUE_BYTES = bytesMore({ acceptQueue: { length: 4_294_967_295, limit: 4_294_967_295 } });

/** Owners stay the same over many snapshots. */
const bytesByOwners = new WeakMap<readonly Owner[], number>();

/** How many bytes it takes as JSON at most: some dozens more than it will, for what its numbers could grow to. */
export function mostBytes(tracked: TrackedSocket): number {
  const { socketId, fiveTuple, ended, owners, progress, socket } = tracked;
  let bytes = bytesByOwners.get(owners);
  if (bytes === undefined) bytesByOwners.set(owners, (bytes = bytesOf(owners)));
  bytes += BARE_BYTES + socketId.length + fiveTuple.local.address.length + fiveTuple.peer.address.length;
  if (ended !== undefined) bytes += END_BYTES;
  if (typeof progress?.bytesAcked === 'number') bytes += String(progress.bytesAcked).length;
  if (typeof progress?.lastSentAt === 'number') bytes += SENT_BYTES;
  const timer = socket.timer();
  if (timer !== null) bytes += timer.kind === 'none' ? IDLE_TIMER_BYTES : TIMER_BYTES;
  return socket.inode === 0 ? bytes + QUEUE_BYTES : bytes;
}

function bytesOf(value: Connection | readonly Owner[]): number {
  return Buffer.byteLength(JSON.stringify(value));
}
