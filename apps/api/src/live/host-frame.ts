import { type ConnectionItem, type Host, type HostPicture } from '@closewatch/protocol';

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
    if (known === undefined || substance(known) !== substance(item)) changed.push(item);
  }
  const endedSocketIds = [...before.connections.keys()].filter((socketId) => !after.connections.has(socketId));
  return { changed, endedSocketIds };
}

function substance({ lastSeenAt: _seen, ageSeconds: _age, ...rest }: ConnectionItem): string {
  return JSON.stringify(rest);
}
