import { effect, inject, signal, untracked, type Signal } from '@angular/core';
import type { ConnectionItem, Host, HostConnections, HostPicture, HostSnapshot } from '@closewatch/protocol';
import { LiveConnection } from './live-connection.ts';
import { ANSWER_TIMEOUT_MS, Watched } from './watched.ts';

/** A connection and when this page heard of its age, in milliseconds of `performance.now()`. */
export interface HeardConnection extends ConnectionItem {
  readonly heardAt: number;
}

export interface HostWatch {
  /** The host after its last commit; null until the first picture. */
  readonly host: Signal<Host | null>;
  readonly connections: Signal<readonly HeardConnection[] | null>;
  /** Counts pictures: after the first, each means that messages may have been missed and history should be read again. */
  readonly pictures: Signal<number>;
  readonly error: Signal<{ statusCode: number; message: string } | null>;
}

/** Watches the host that `id` names, and another when it changes, as long as the injection context lives. */
export function watchHost(id: Signal<string>): HostWatch {
  const connection = inject(LiveConnection);
  const host = signal<Host | null>(null);
  const connections = signal<ReadonlyMap<string, HeardConnection> | null>(null);
  const list = signal<readonly HeardConnection[] | null>(null);
  const pictures = signal(0);
  const error = signal<{ statusCode: number; message: string } | null>(null);

  const publish = (map: ReadonlyMap<string, HeardConnection>) => {
    connections.set(map);
    list.set([...map.values()]);
  };

  effect((onCleanup) => {
    const hostId = id();
    untracked(() => {
      host.set(null);
      connections.set(null);
      list.set(null);
      error.set(null);
      pictures.set(0);
    });
    const watched = new Watched<HostPicture, HostSnapshot | HostConnections>(connection, {
      request: (transport) => transport.timeout(ANSWER_TIMEOUT_MS).emitWithAck('host:watch', { id: hostId }),
      listen: (transport, receive) => {
        const onSnapshot = (message: HostSnapshot) => {
          if (message.host.id === hostId) receive(message);
        };
        const onConnections = (message: HostConnections) => {
          if (message.hostId === hostId) receive(message);
        };
        transport.on('host:snapshot', onSnapshot);
        transport.on('host:connections', onConnections);
        return () => {
          transport.off('host:snapshot', onSnapshot);
          transport.off('host:connections', onConnections);
        };
      },
      release: (transport) => transport.emit('host:unwatch', { id: hostId }, () => undefined),
      refused: (reason) => error.set(reason),
      show: (picture) => {
        error.set(null);
        host.set(picture.host);
        publish(new Map(heard(picture.connections).map((item) => [item.socketId, item])));
        pictures.update((count) => count + 1);
      },
      apply: (message) => {
        if ('host' in message) host.set(message.host);
        else publish(mergeConnections(connections() ?? new Map(), message));
      },
    });
    watched.start();
    onCleanup(() => watched.stop());
  });
  return {
    host: host.asReadonly(),
    connections: list.asReadonly(),
    pictures: pictures.asReadonly(),
    error: error.asReadonly(),
  };
}

export function heard(items: readonly ConnectionItem[]): HeardConnection[] {
  const heardAt = performance.now();
  return items.map((item) => ({ ...item, heardAt }));
}

/** What changed takes its place by socketId, what ended leaves. */
export function mergeConnections(
  known: ReadonlyMap<string, HeardConnection>,
  { changed, endedSocketIds }: Pick<HostConnections, 'changed' | 'endedSocketIds'>,
): ReadonlyMap<string, HeardConnection> {
  const merged = new Map(known);
  for (const item of heard(changed)) merged.set(item.socketId, item);
  for (const socketId of endedSocketIds) merged.delete(socketId);
  return merged;
}
