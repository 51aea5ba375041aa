import { createServer, type Socket } from 'node:net';
import { listenOn } from '../listen.ts';
import type { Scenario } from '../scenario.ts';
import { stage } from '../stage.ts';

/** Linux keeps a TIME_WAIT for so long (TCP_TIMEWAIT_LEN in include/net/tcp.h), in milliseconds. */
const TIME_WAIT_MS = 60_000;

/**
 * Connections that open and close properly, at a rate. No leak: the end that closes first keeps a record for a minute.
 * The records belong to the kernel and outlast the lab by up to that minute.
 */
export const timeWait: Scenario = {
  name: 'time-wait',
  summary: 'opens and closes properly, at a rate: TIME_WAIT at the end that closes first (--closer)',
  makes: 'TIME_WAIT',
  descriptorsPerSocket: 0,
  runtimes: ['node'],

  async start(options) {
    const open = new Set<Socket>();
    const server = createServer({ keepAlive: false }, (socket) => {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => open.delete(socket));
      socket.resume();
      if (options.closer === 'server') socket.end();
    });
    const port = await listenOn(server, options.host, options.port);
    const records = new RecentRecords();
    return stage(
      {
        pid: process.pid,
        port,
        held: () => records.size,
        lacking: () => options.count - records.size,
        onArrival: () => records.add(),
        stop() {
          server.close();
          for (const socket of open) socket.resetAndDestroy();
        },
      },
      options.closer === 'client' ? 'close-first' : 'close-second',
      options,
    );
  },
};

/** When each record of the last minute was made, oldest first. */
class RecentRecords {
  readonly #madeAt: number[] = [];

  add(): void {
    this.#madeAt.push(performance.now());
  }

  get size(): number {
    const oldest = performance.now() - TIME_WAIT_MS;
    const firstAlive = this.#madeAt.findIndex((madeAt) => madeAt > oldest);
    this.#madeAt.splice(0, firstAlive === -1 ? this.#madeAt.length : firstAlive);
    return this.#madeAt.length;
  }
}
