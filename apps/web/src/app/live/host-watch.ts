import { effect, inject, signal, untracked, type Signal } from '@angular/core';
import type {
  ConnectionItem,
  Host,
  HostConnections,
  HostDetails,
  HostDetailsNews,
  HostPicture,
  HostSnapshot,
  HostVerdicts,
  LeakGroup,
  NamespaceItem,
} from '@closewatch/protocol';
import { LiveConnection } from './live-connection.ts';
import type { LiveTransport } from './live-transport.ts';
import { ANSWER_TIMEOUT_MS, Watched } from './watched.ts';

/** A connection and when this page heard of its age, in milliseconds of `performance.now()`. */
export interface HeardConnection extends ConnectionItem {
  readonly heardAt: number;
}

/** Leaks and when this page heard of their ages, in milliseconds of `performance.now()`. */
export interface HeardLeaks {
  readonly items: readonly LeakGroup[];
  readonly heardAt: number;
}

export interface HostWatch {
  /** The host after its last commit; null until the first picture. */
  readonly host: Signal<Host | null>;
  readonly connections: Signal<readonly HeardConnection[] | null>;
  /** Who leaks through this namespace, and when this page heard of it; null until the first picture. */
  readonly leaks: Signal<HeardLeaks | null>;
  /** What the newest snapshots of the namespace told; null until the first picture of it. */
  readonly details: Signal<NamespaceDetails | null>;
  /** The namespaces that the host has beside its own. */
  readonly namespaces: Signal<readonly NamespaceItem[]>;
  /** Counts pictures: after the first, each means that messages may have been missed and history should be read again. */
  readonly pictures: Signal<number>;
  readonly error: Signal<{ statusCode: number; message: string } | null>;
}

/** The details of the one namespace that is watched. */
export type NamespaceDetails = Omit<HostDetails, 'namespaces'>;

type HostMessage = HostSnapshot | HostConnections | HostDetailsNews | HostVerdicts;

/** Watches the host that `id` names through its namespace `netns`, and others when they change, as long as the injection context lives. */
export function watchHost(id: Signal<string>, netns: Signal<number>): HostWatch {
  const connection = inject(LiveConnection);
  const host = signal<Host | null>(null);
  const connections = signal<ReadonlyMap<string, HeardConnection> | null>(null);
  const list = signal<readonly HeardConnection[] | null>(null);
  const details = signal<NamespaceDetails | null>(null);
  const namespaces = signal<readonly NamespaceItem[]>([]);
  const leaks = signal<HeardLeaks | null>(null);
  const pictures = signal(0);
  const error = signal<{ statusCode: number; message: string } | null>(null);
  let shownId: string | undefined;

  const publish = (map: ReadonlyMap<string, HeardConnection>) => {
    connections.set(map);
    list.set([...map.values()]);
  };
  /** Another namespace of the same host: the host and its namespaces are as they were. */
  const forget = (sameHost: boolean) => {
    if (!sameHost) {
      host.set(null);
      namespaces.set([]);
    }
    connections.set(null);
    list.set(null);
    details.set(null);
    leaks.set(null);
    error.set(null);
    pictures.set(0);
  };

  effect((onCleanup) => {
    const watch = { id: id(), netns: netns() };
    untracked(() => forget(watch.id === shownId));
    shownId = watch.id;
    const watched = new Watched<HostPicture, HostMessage>(connection, {
      request: (transport) => transport.timeout(ANSWER_TIMEOUT_MS).emitWithAck('host:watch', watch),
      listen: (transport, receive) => listenTo(transport, watch, receive),
      release: (transport) => transport.emit('host:unwatch', watch, () => undefined),
      refused: (reason) => error.set(reason),
      show: (picture) => {
        const { namespaces: others, ...ofNamespace } = picture.details;
        error.set(null);
        host.set(picture.host);
        details.set(ofNamespace);
        namespaces.set(others);
        publish(new Map(heard(picture.connections).map((item) => [item.socketId, item])));
        leaks.set({ items: picture.leaks, heardAt: performance.now() });
        pictures.update((count) => count + 1);
      },
      apply: (message) => {
        if ('host' in message) host.set(message.host);
        else if ('changed' in message) publish(mergeConnections(connections() ?? new Map(), message));
        else if ('leaks' in message) leaks.set({ items: message.leaks, heardAt: performance.now() });
        else {
          const { namespaces: others, ...ofNamespace } = message.details;
          if (others !== undefined) namespaces.set(others);
          details.update((known) => (known === null ? null : { ...known, ...ofNamespace }));
        }
      },
    });
    watched.start();
    onCleanup(() => watched.stop());
  });
  return {
    host: host.asReadonly(),
    connections: list.asReadonly(),
    details: details.asReadonly(),
    leaks: leaks.asReadonly(),
    namespaces: namespaces.asReadonly(),
    pictures: pictures.asReadonly(),
    error: error.asReadonly(),
  };
}

/** Subscribes to the messages of one stream and no other. */
function listenTo(
  transport: LiveTransport,
  { id, netns }: { readonly id: string; readonly netns: number },
  receive: (message: HostMessage) => void,
): () => void {
  const ofStream = (message: HostMessage) => {
    const hostId = 'host' in message ? message.host.id : message.hostId;
    if (hostId === id && message.netns === netns) receive(message);
  };
  const events = ['host:snapshot', 'host:connections', 'host:details', 'host:verdicts'] as const;
  for (const event of events) transport.on(event, ofStream);
  return () => {
    for (const event of events) transport.off(event, ofStream);
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
