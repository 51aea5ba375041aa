import { type Connection, type EndedAs, type Owner, type Snapshot } from '@closewatch/protocol';
import { type Endpoint } from '@closewatch/socket-states';
import { type ConnectionDetails, packDetails } from '../connections/connection-details.ts';

/**
 * All that some snapshots say about one connection. Times in milliseconds since the epoch.
 * Always openedAfter ≤ openedBefore ≤ firstSeenAt ≤ lastSeenAt.
 */
export interface Lifetime {
  readonly socketId: string;
  readonly netns: number;
  readonly transport: 'tcp';
  readonly local: Endpoint;
  readonly peer: Endpoint;
  readonly direction: 'inbound' | 'outbound' | null;
  readonly openedAfter: number | null;
  readonly openedBefore: number;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  /** Newest snapshot that lists it as open; never before it was last seen. */
  readonly listedAt: number;
  /** Snapshot whose addresses, queues and owners these are. */
  readonly valuedAt: number;
  readonly reportedEndAt: number | null;
  readonly reportedEndAs: EndedAs | null;
  readonly recvQueue: number;
  readonly sendQueue: number;
  readonly uid: number | null;
  readonly ownership: Connection['ownership'];
  readonly owners: readonly Owner[];
  readonly details: Partial<ConnectionDetails> | null;
}

/** What one snapshot, whose contents stand for the instant `standsAt` (milliseconds), says about one connection. */
export function lifetimeOf(
  connection: Connection,
  snapshot: Pick<Snapshot, 'takenAt' | 'netns'>,
  standsAt: number,
): Lifetime {
  const firstSeenAt = Date.parse(connection.firstSeenAt);
  const lastSeenAt = Date.parse(connection.lastSeenAt);
  // Seen in CLOSE_WAIT, it was in CLOSE_WAIT.
  const openedBefore = Math.min(Date.parse(connection.openedBefore), firstSeenAt);
  const ended = connection.endedAt !== undefined;
  return {
    socketId: connection.socketId,
    netns: snapshot.netns,
    transport: connection.transport,
    local: connection.local,
    peer: connection.peer,
    direction: connection.direction,
    openedAfter: connection.openedAfter === null ? null : Math.min(Date.parse(connection.openedAfter), openedBefore),
    openedBefore,
    firstSeenAt,
    lastSeenAt,
    listedAt: ended ? lastSeenAt : Math.max(standsAt, lastSeenAt),
    valuedAt: Date.parse(snapshot.takenAt),
    reportedEndAt: connection.endedAt === undefined ? null : Date.parse(connection.endedAt),
    reportedEndAs: connection.endedAs ?? null,
    recvQueue: connection.recvQueue,
    sendQueue: connection.sendQueue,
    uid: connection.uid,
    ownership: connection.ownership,
    owners: connection.owners,
    details: packDetails(connection),
  };
}

/**
 * Two accounts of the same connection as one, by least and greatest, so that neither order nor repeats matter. Of
 * brackets that contradict each other, as of two runs of an agent whose clock was set, openedBefore holds: it never
 * lies before the connection was first seen. The statement mergeLifetimes does the same with what is stored.
 */
export function merged(a: Lifetime, b: Lifetime): Lifetime {
  const [older, newer] = isNewer(a, b) ? [b, a] : [a, b];
  const end = laterEnd(a, b);
  const openedAfter = greatest(older.openedAfter, newer.openedAfter);
  const openedBefore = Math.min(older.openedBefore, newer.openedBefore);
  return {
    ...newer,
    // Bounded at each step it comes out the same as bounded at the end: least and greatest distribute.
    openedAfter: openedAfter === null ? null : Math.min(openedAfter, openedBefore),
    openedBefore,
    firstSeenAt: Math.min(older.firstSeenAt, newer.firstSeenAt),
    listedAt: Math.max(older.listedAt, newer.listedAt),
    reportedEndAt: end.reportedEndAt,
    reportedEndAs: end.reportedEndAs,
  };
}

function isNewer(a: Lifetime, b: Lifetime): boolean {
  return a.lastSeenAt === b.lastSeenAt ? a.valuedAt > b.valuedAt : a.lastSeenAt > b.lastSeenAt;
}

function laterEnd(a: Lifetime, b: Lifetime): Lifetime {
  if (a.reportedEndAt === null) return b;
  if (b.reportedEndAt === null) return a;
  if (a.reportedEndAt !== b.reportedEndAt) return a.reportedEndAt > b.reportedEndAt ? a : b;
  return (a.reportedEndAs ?? '') > (b.reportedEndAs ?? '') ? a : b;
}

function greatest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
