import { createServer, type Socket } from 'node:net';
import { HeldSockets } from '../held-sockets.ts';
import { listenOn } from '../listen.ts';
import { startPeer } from '../peer/peer.ts';
import type { Scenario } from '../scenario.ts';

/** The server reads until the end of stream and forgets to close: CLOSE_WAIT with an empty Recv-Q. */
export const codeLeak: Scenario = {
  name: 'code-leak',
  summary: 'reads the end of stream and never closes: CLOSE_WAIT, Recv-Q 0',
  makes: 'CLOSE_WAIT',
  descriptorsPerSocket: 1,

  async start({ count, rate, host, port: wantedPort }) {
    const sockets = new HeldSockets();
    const leaked = new Set<Socket>();
    // allowHalfOpen is the bug: Node no longer closes our end when the peer closes its own, and nobody else does.
    const server = createServer({ allowHalfOpen: true, keepAlive: false }, (socket) => {
      sockets.hold(socket);
      socket.on('end', () => leaked.add(socket));
      socket.on('close', () => leaked.delete(socket));
      socket.resume();
    });
    const port = await listenOn(server, host, wantedPort);
    const peer = startPeer(
      { host, port, count, conduct: 'leave' },
      { rate, lacking: () => sockets.lacking(count, peer.done()) },
    );

    return {
      pid: process.pid,
      port,
      held: () => leaked.size,
      broken: peer.broken,
      async stop() {
        await peer.stop();
        server.close();
        sockets.resetAll();
      },
    };
  },
};
