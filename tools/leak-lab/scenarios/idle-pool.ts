import { createServer, type Socket } from 'node:net';
import { listenOn } from '../listen.ts';
import type { Scenario } from '../scenario.ts';
import { startServerApart } from '../servers/apart.ts';

/** A server of theirs that closes what is idle for so long. */
const IDLE_MS = 1_000;
const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n';

/**
 * The program dials and keeps its connections for when it needs them; their other end closes what is idle. Python looks at
 * one when it wants one; in C all threads wait in futex for work; Node's pool watches over them and closes its own end.
 */
export const idlePool: Scenario = {
  name: 'idle-pool',
  summary: 'no fault: a pool of connections that are idle, and that the other end has closed',
  makes: 'CLOSE_WAIT',
  descriptorsPerSocket: 1,
  runtimes: ['python', 'node', 'c'],

  async start(options, runtime) {
    const open = new Set<Socket>();
    let closed = 0;
    const server = createServer((socket) => {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => open.delete(socket));
      socket.on('data', () => socket.write(ANSWER));
      setTimeout(() => socket.end(() => closed++), IDLE_MS);
    });
    const port = await listenOn(server, options.host, options.port);
    const stop = (): void => {
      server.close();
      for (const socket of open) socket.destroy();
    };
    try {
      const pool = await startServerApart('idle-pool', { ...options, port }, runtime);
      return {
        pid: pool.pid,
        port,
        dials: true,
        held: () => Math.min(pool.held(options.count), closed),
        broken: pool.broken ?? new Promise<never>(() => undefined),
        async stop() {
          await pool.stop();
          stop();
        },
      };
    } catch (error) {
      stop();
      throw error;
    }
  },
};
