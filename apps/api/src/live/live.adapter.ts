import { type INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';

/** Nest brings a socket.io of its own: its types, so that they fit. */
type Server = ReturnType<IoAdapter['createIOServer']>;
type ServerOptions = NonNullable<Parameters<IoAdapter['createIOServer']>[1]>;

/** What a browser asks is small: a bigger message is no question of ours. */
const LARGEST_MESSAGE_BYTES = 64 * 1024;
/** A connection that joins no namespace by then has no business here. */
const JOIN_LIMIT_MS = 5_000;

/** socket.io without its client bundle and with tight limits. */
export class LiveAdapter extends IoAdapter {
  constructor(app: INestApplicationContext) {
    super(app);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const tight = {
      ...options,
      serveClient: false,
      maxHttpBufferSize: LARGEST_MESSAGE_BYTES,
      connectTimeout: JOIN_LIMIT_MS,
    } as ServerOptions;
    const server = super.createIOServer(port, tight);
    // The root namespace has no events; nobody stays in it.
    server.use((_socket, next) => next(new Error('Connect to the namespace /live.')));
    return server;
  }
}
