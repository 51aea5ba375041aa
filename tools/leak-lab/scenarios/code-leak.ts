import { createServer, type Socket } from 'node:net';
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
    const open = new Set<Socket>();
    const leaked = new Set<Socket>();
    // allowHalfOpen is the bug: Node no longer closes our end when the peer closes its own, and nobody else does.
    const server = createServer({ allowHalfOpen: true, keepAlive: false }, (socket) => {
      open.add(socket);
      socket.on('end', () => leaked.add(socket));
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        leaked.delete(socket);
      });
      socket.resume();
    });
    const port = await listenOn(server, host, wantedPort);
    const peer = startPeer({ host, port, count, conduct: 'leave' }, { rate, lacking: () => count - open.size });

    return {
      pid: process.pid,
      port,
      held: () => leaked.size,
      broken: peer.broken,
      async stop() {
        await peer.stop();
        server.close();
        // RST instead of FIN, so that no LAST_ACK and no TIME_WAIT outlives the lab.
        for (const socket of open) socket.resetAndDestroy();
      },
    };
  },
};
