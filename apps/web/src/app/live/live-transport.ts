import { InjectionToken } from '@angular/core';
import { LIVE_NAMESPACE, type ClientEventMap, type ServerEventMap } from '@closewatch/protocol';
import { io, type Socket } from 'socket.io-client';

/** The socket to the server, typed by the same two interfaces as the server's end. */
export type LiveTransport = Socket<ServerEventMap, ClientEventMap>;

/** A proxy that cuts WebSockets leaves long polling, so both are tried. The cookie signs the handshake in. */
export const LIVE_TRANSPORT = new InjectionToken<LiveTransport>('LIVE_TRANSPORT', {
  providedIn: 'root',
  factory: () =>
    io(LIVE_NAMESPACE, {
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      autoConnect: false,
      reconnectionDelay: 500,
      reconnectionDelayMax: 5_000,
    }),
});
