import { type ConnectionItem, type Host, type HostPicture, type Owner } from '@closewatch/protocol';
import { type Endpoint } from '@closewatch/socket-states';

/** A host as its watchers were last told. */
export interface HostFrame {
  readonly cursor: string;
  readonly host: Host;
  readonly connections: ReadonlyMap<string, ConnectionItem>;
}

/** What a watcher must be told to come from one frame to the next. */
export interface HostChange {
  readonly changed: ConnectionItem[];
  readonly endedSocketIds: string[];
}

export function hostFrame(cursor: string, host: Host, connections: readonly ConnectionItem[]): HostFrame {
  return { cursor, host, connections: new Map(connections.map((item) => [item.socketId, item])) };
}

export function pictureOf({ cursor, host, connections }: HostFrame): HostPicture {
  return { cursor, host, connections: [...connections.values()] };
}

/** New, changed and ended connections. That one was seen again, and is older, is no change: both hold for all. */
export function hostChange(before: HostFrame, after: HostFrame): HostChange {
  const changed: ConnectionItem[] = [];
  for (const [socketId, item] of after.connections) {
    const known = before.connections.get(socketId);
    if (known === undefined || !sameSubstance(known, item)) changed.push(item);
  }
  const endedSocketIds = [...before.connections.keys()].filter((socketId) => !after.connections.has(socketId));
  return { changed, endedSocketIds };
}

/**
 * Whether a connection is as it was, but for what passes without anything having happened: that it was seen again, and
 * is older. Field by field and what changes most first: of thousands of connections nearly all are as they were.
 */
function sameSubstance(a: ConnectionItem, b: ConnectionItem): boolean {
  return (
    a.recvQueue === b.recvQueue &&
    a.sendQueue === b.sendQueue &&
    a.openedAfter === b.openedAfter &&
    a.openedBefore === b.openedBefore &&
    a.firstSeenAt === b.firstSeenAt &&
    a.endedAt === b.endedAt &&
    a.endedAs === b.endedAs &&
    a.direction === b.direction &&
    a.uid === b.uid &&
    a.ownership === b.ownership &&
    sameEndpoint(a.local, b.local) &&
    sameEndpoint(a.peer, b.peer) &&
    a.owners.length === b.owners.length &&
    a.owners.every((owner, index) => sameOwner(owner, b.owners[index])) &&
    sameVerdict(a.verdict, b.verdict)
  );
}

function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return a.port === b.port && a.address === b.address;
}

function sameOwner(a: Owner, b: Owner | undefined): boolean {
  return (
    b !== undefined &&
    a.pid === b.pid &&
    a.descriptor === b.descriptor &&
    a.startedAt === b.startedAt &&
    a.executable === b.executable &&
    a.command === b.command &&
    a.unit === b.unit &&
    a.containerId === b.containerId
  );
}

function sameVerdict(a: ConnectionItem['verdict'], b: ConnectionItem['verdict']): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
