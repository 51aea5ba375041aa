import { createServer } from 'node:net';
import { HeldSockets } from '../held-sockets.ts';
import { listenOn } from '../listen.ts';
import { startPeer } from '../peer/peer.ts';
import type { Scenario } from '../scenario.ts';

/** The server accepts and never reads: what the peer said, and its FIN, wait in the Recv-Q. */
export const notReading: Scenario = {
  name: 'not-reading',
  summary: 'accepts and never reads: CLOSE_WAIT, Recv-Q = unread bytes + 1 for the FIN',
  makes: 'CLOSE_WAIT',
  descriptorsPerSocket: 1,

  async start({ count, rate, host, port: wantedPort }) {
    const sockets = new HeldSockets();
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, keepAlive: false }, (socket) =>
      sockets.hold(socket),
    );
    const port = await listenOn(server, host, wantedPort);
    const peer = startPeer(
      { host, port, count, conduct: 'leave' },
      { rate, lacking: () => sockets.lacking(count, peer.done()) },
    );

    return {
      pid: process.pid,
      port,
      // A server that does not read cannot know that the peer has closed; the peer does.
      held: () => Math.min(sockets.size, peer.done()),
      broken: peer.broken,
      async stop() {
        await peer.stop();
        server.close();
        sockets.resetAll();
      },
    };
  },
};
