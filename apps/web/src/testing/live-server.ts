import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LIVE_NAMESPACE, type ClientEventMap, type ServerEventMap } from '@closewatch/protocol';
import { Server, type Socket } from 'socket.io';
import { io } from 'socket.io-client';
import type { LiveTransport } from '../app/live/live-transport.ts';

/** A real socket.io server on loopback, and sockets to it as the page makes them. */
export class LiveServer {
  private readonly http: HttpServer = createServer();
  private io = this.attach();
  private readonly transports: LiveTransport[] = [];
  private port = 0;
  private onSocket: (socket: Socket<ClientEventMap, ServerEventMap>) => void = () => undefined;

  /** What to do with each socket that connects. */
  serve(onSocket: (socket: Socket<ClientEventMap, ServerEventMap>) => void): void {
    this.onSocket = onSocket;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.http.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.http.address() as AddressInfo).port;
  }

  transport(): LiveTransport {
    const transport: LiveTransport = io(`http://127.0.0.1:${this.port}${LIVE_NAMESPACE}`, {
      transports: ['websocket'],
      autoConnect: false,
      reconnectionDelay: 20,
      reconnectionDelayMax: 40,
      forceNew: true,
    });
    this.transports.push(transport);
    return transport;
  }

  /** Cuts every connection as a lost network does: the client is not told to stay away. */
  cut(): void {
    this.io.of(LIVE_NAMESPACE).sockets.forEach((socket) => socket.conn.close());
  }

  /** Ends every socket by the server's will: the client does not come back by itself. */
  dismiss(): void {
    this.io.of(LIVE_NAMESPACE).disconnectSockets();
  }

  emit<Event extends keyof ServerEventMap>(event: Event, ...args: Parameters<ServerEventMap[Event]>): void {
    this.io.of(LIVE_NAMESPACE).emit(event, ...args);
  }

  async stop(): Promise<void> {
    for (const transport of this.transports) transport.disconnect();
    await this.io.close();
  }

  private attach(): Server<ClientEventMap, ServerEventMap> {
    const server = new Server<ClientEventMap, ServerEventMap>(this.http);
    server.of(LIVE_NAMESPACE).on('connection', (socket) => this.onSocket(socket));
    return server;
  }
}

/** Waits until `condition` holds; fails after two seconds, saying what did not come true. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 2_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`did not come true in 2 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
