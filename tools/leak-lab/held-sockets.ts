import type { Socket } from 'node:net';

/** The sockets that a leaking server keeps. */
export class HeldSockets {
  readonly #open = new Set<Socket>();
  #lost = 0;

  /** Keeps the socket until it is reset, by us or by the kernel. */
  hold(socket: Socket): void {
    this.#open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.#open.delete(socket)) this.#lost++;
    });
  }

  get size(): number {
    return this.#open.size;
  }

  /**
   * How many more it takes to hold `count`, when the peer has made `arrived` connections in all. The peer's word may
   * come before the server's own accept(): then the connection counts already, or there would be one too many.
   */
  lacking(count: number, arrived: number): number {
    return count - Math.max(this.#open.size, arrived - this.#lost);
  }

  /** RST instead of FIN, so that no LAST_ACK and no TIME_WAIT outlives the lab. */
  resetAll(): void {
    for (const socket of this.#open) socket.resetAndDestroy();
    this.#open.clear();
  }
}
