import { createServer, type Socket } from 'node:net';
import { listenOn } from '../listen.ts';
import type { LabOptions } from '../options.ts';
import type { LeakingServer } from './leaking-server.ts';

/** A leaking server in the lab's own process. */
export interface ServerHere extends LeakingServer {
  /** Those that were read to the end of stream and are open still. */
  readonly readToTheEnd: ReadonlySet<Socket>;
}

/** Listens, takes what comes and closes none of it; `reads`: to the end of stream, or not a byte. */
export async function startServerHere(
  { host, port: wantedPort, count }: LabOptions,
  { reads }: { readonly reads: boolean },
): Promise<ServerHere> {
  const open = new Set<Socket>();
  const readToTheEnd = new Set<Socket>();
  let lost = 0;
  // allowHalfOpen is the bug: Node no longer closes our end when the peer closes its own, and nobody else does.
  const server = createServer({ pauseOnConnect: !reads, allowHalfOpen: true, keepAlive: false }, (socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('end', () => readToTheEnd.add(socket));
    socket.on('close', () => {
      readToTheEnd.delete(socket);
      if (open.delete(socket)) lost++;
    });
    if (reads) socket.resume();
  });
  const port = await listenOn(server, host, wantedPort);
  return {
    pid: process.pid,
    port,
    readToTheEnd,
    // A server that does not read cannot know that the peer has closed; the peer does.
    held: (arrived) => (reads ? readToTheEnd.size : Math.min(open.size, arrived)),
    // The peer's word may come before our own accept(): then the connection counts already, or there would be one too many.
    lacking: (arrived) => count - Math.max(open.size, arrived - lost),
    stop() {
      server.close();
      // RST instead of FIN, so that no LAST_ACK and no TIME_WAIT outlives the lab.
      for (const socket of open) socket.resetAndDestroy();
      open.clear();
    },
  };
}
