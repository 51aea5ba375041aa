import {
  type ClientEventMap,
  type FleetPicture,
  type HostPicture,
  type IncidentNews,
  type IncidentPicture,
  LIVE_NAMESPACE,
  type LiveAnswer,
  type ServerEventMap,
} from '@closewatch/protocol';
import { io, type Socket } from 'socket.io-client';

type Name = keyof ServerEventMap;
type MessageOf<Event extends Name> = Parameters<ServerEventMap[Event]>[0];
interface Heard {
  readonly event: Name;
  readonly message: { readonly cursor: string; readonly previousCursor: string };
}

/** A browser's side of /live: keeps what it hears, in order. */
export class LiveClient {
  readonly heard: Heard[] = [];
  /** What it hears of incidents, which have no chain of cursors. */
  readonly news: { readonly event: Name; readonly message: IncidentNews }[] = [];
  private readonly waiting = new Set<() => void>();

  private constructor(readonly socket: Socket<ServerEventMap, ClientEventMap>) {
    for (const event of [
      'fleet:summary',
      'fleet:delta',
      'host:snapshot',
      'host:connections',
      'host:details',
      'host:verdicts',
    ] as const) {
      socket.on(event, (message: MessageOf<typeof event>) => {
        this.heard.push({ event, message });
        for (const check of this.waiting) check();
      });
    }
    for (const event of ['incident:opened', 'incident:changed'] as const) {
      socket.on(event, (message) => {
        this.news.push({ event, message });
        for (const check of this.waiting) check();
      });
    }
  }

  /** Connects; rejects with socket.io's connect_error. */
  static connect(url: string, headers: Record<string, string> = {}): Promise<LiveClient> {
    const socket: Socket<ServerEventMap, ClientEventMap> = io(url + LIVE_NAMESPACE, {
      transports: ['websocket'],
      extraHeaders: headers,
      reconnection: false,
      forceNew: true,
    });
    const client = new LiveClient(socket);
    return new Promise((resolve, reject) => {
      socket.once('connect', () => resolve(client));
      socket.once('connect_error', (error) => {
        socket.close();
        reject(error);
      });
    });
  }

  watchFleet(ids?: string[]): Promise<LiveAnswer<FleetPicture>> {
    return this.socket.timeout(5_000).emitWithAck('fleet:watch', ids === undefined ? {} : { ids });
  }

  watchHost(id: string, netns = 0): Promise<LiveAnswer<HostPicture>> {
    return this.socket.timeout(5_000).emitWithAck('host:watch', { id, netns });
  }

  watchIncident(id: string): Promise<LiveAnswer<IncidentPicture>> {
    return this.socket.timeout(5_000).emitWithAck('incident:watch', { id });
  }

  unwatchIncident(id: string): Promise<LiveAnswer<null>> {
    return this.socket.timeout(5_000).emitWithAck('incident:unwatch', { id });
  }

  /** Sends what the types forbid. */
  sendRaw(event: string, ...payload: unknown[]): Promise<LiveAnswer<unknown>> {
    const untyped = this.socket as unknown as Socket;
    return untyped.timeout(5_000).emitWithAck(event, ...payload) as Promise<LiveAnswer<unknown>>;
  }

  /** Messages of an event so far. */
  messages<Event extends Name>(event: Event): MessageOf<Event>[] {
    return [...this.heard, ...this.news]
      .filter((heard) => heard.event === event)
      .map(({ message }) => message as unknown as MessageOf<Event>);
  }

  /** Resolves once the condition holds for what was heard; rejects after the time, milliseconds. */
  until(condition: () => boolean, limitMs = 5_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        this.waiting.delete(check);
        reject(
          new Error(`Not heard within ${limitMs} ms; heard ${JSON.stringify(this.heard.map(({ event }) => event))}`),
        );
      }, limitMs);
      const check = (): void => {
        if (!condition()) return;
        clearTimeout(deadline);
        this.waiting.delete(check);
        resolve();
      };
      this.waiting.add(check);
      check();
    });
  }

  close(): void {
    this.socket.close();
  }
}
