import { type Connection, type Snapshot } from '@closewatch/protocol';
import { isoInstant } from '../time/clock.ts';

/**
 * The snapshot, of which no instant but `takenAt` is later than `now` (milliseconds); which of a connection's instants
 * come first stays so. Events of before `oldestEvent` (milliseconds), which would be dropped at once, are left out.
 */
export function notAfter(snapshot: Snapshot, now: number, oldestEvent: number): Snapshot {
  const { connections, orphans, events } = snapshot;
  if (connections.length === 0 && orphans === undefined && events === undefined) return snapshot;
  const latest = isoInstant(now);
  // Instants of the wire have one length and so sort as texts.
  const bounded = (instant: string): string => (instant > latest ? latest : instant);
  const oldest = isoInstant(oldestEvent);
  return {
    ...snapshot,
    connections: connections.map((connection) => boundConnection(connection, bounded)),
    ...(orphans === undefined
      ? {}
      : {
          orphans: {
            ...orphans,
            items: orphans.items.map((orphan) => ({ ...orphan, orphanedAt: bounded(orphan.orphanedAt) })),
          },
        }),
    ...(events === undefined
      ? {}
      : {
          events: events.filter(({ at }) => at >= oldest).map((event) => ({ ...event, at: bounded(event.at) })),
        }),
  };
}

function boundConnection(connection: Connection, bounded: (instant: string) => string): Connection {
  const { openedAfter, openedBefore, firstSeenAt, lastSeenAt, endedAt, lastSentAt } = connection;
  return {
    ...connection,
    openedAfter: openedAfter === null ? null : bounded(openedAfter),
    openedBefore: bounded(openedBefore),
    firstSeenAt: bounded(firstSeenAt),
    lastSeenAt: bounded(lastSeenAt),
    lastSentAt: lastSentAt === null ? null : bounded(lastSentAt),
    ...(endedAt === undefined ? {} : { endedAt: bounded(endedAt) }),
  };
}
