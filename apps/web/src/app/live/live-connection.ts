import { Injectable, InjectionToken, computed, inject, signal } from '@angular/core';
import { LIVE_TRANSPORT } from './live-transport.ts';

export type LiveStatus = 'live' | 'catching-up' | 'offline';

/** What to do when the server refuses the socket or ends it: the session may be over. */
export const ON_REFUSED = new InjectionToken<() => void>('ON_REFUSED', {
  providedIn: 'root',
  factory: () => () => undefined,
});

/** How long to wait before trying again where socket.io itself gives up: the server refused or closed the socket. */
const REFUSED_RETRY_MS = 3_000;

/**
 * The one socket of the page: is it up, since when is it not, and are all pictures asked for here? Streams (watched.ts)
 * ride on it and come back by themselves after each reconnect.
 */
@Injectable({ providedIn: 'root' })
export class LiveConnection {
  readonly transport = inject(LIVE_TRANSPORT);
  private readonly refused = inject(ON_REFUSED);
  private readonly connected = signal(false);
  private readonly downSince = signal<number | null>(null);
  private readonly awaited = signal(0);
  private retry: ReturnType<typeof setTimeout> | undefined;
  private open = false;

  /** Since when there is no connection, in milliseconds of this machine's clock; null while there is one or none is wanted. */
  readonly offlineSince = this.downSince.asReadonly();
  readonly isConnected = this.connected.asReadonly();
  readonly status = computed<LiveStatus>(() => {
    if (!this.connected()) return this.downSince() === null ? 'catching-up' : 'offline';
    return this.awaited() > 0 ? 'catching-up' : 'live';
  });

  constructor() {
    this.transport.on('connect', () => {
      this.connected.set(true);
      this.downSince.set(null);
    });
    this.transport.on('disconnect', () => {
      this.lost();
    });
    this.transport.on('connect_error', () => {
      this.lost();
    });
  }

  /** Connects; until {@link disconnect} it comes back by itself whenever the network or the server does. */
  connect(): void {
    this.open = true;
    this.transport.connect();
  }

  disconnect(): void {
    this.open = false;
    clearTimeout(this.retry);
    this.retry = undefined;
    this.transport.disconnect();
    this.connected.set(false);
    this.downSince.set(null);
  }

  /** A stream waits for its picture; call what is returned, once, when it came or is no longer wanted. */
  await(): () => void {
    let waiting = true;
    this.awaited.update((count) => count + 1);
    return () => {
      if (waiting) this.awaited.update((count) => count - 1);
      waiting = false;
    };
  }

  private lost(): void {
    this.connected.set(false);
    if (!this.open) return;
    this.downSince.update((since) => since ?? Date.now());
    if (this.transport.active || this.retry !== undefined) return;
    this.refused();
    this.retry = setTimeout(() => {
      this.retry = undefined;
      if (this.open) this.transport.connect();
    }, REFUSED_RETRY_MS);
  }
}
