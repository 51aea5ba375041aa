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

/** About how many bytes it takes as JSON, without writing it. */
export function estimatedBytes(tracked: TrackedSocket): number {
  const owners = tracked.owners.reduce(
    (sum, { command, executable }) => sum + 200 + command.length + executable.length,
    0,
  );
  return 600 + owners;
}
