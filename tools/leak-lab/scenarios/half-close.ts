import type { Scenario } from '../scenario.ts';
import { startServerApart } from '../servers/apart.ts';
import { startServerHere } from '../servers/here.ts';
import { stage } from '../stage.ts';

/** A slow answer: so much of it, so often. */
const PIECE = 'x'.repeat(63) + '\n';
const PIECE_EVERY_MS = 500;

/**
 * The peer has asked, shut down its sending side and listens; the server answers bit by bit. CLOSE_WAIT for as long as
 * the answer takes, and no fault: RFC 9293 section 3.6 calls it half-closed.
 */
export const halfClose: Scenario = {
  name: 'half-close',
  summary: 'no fault: the peer shut down its sending side and gets a slow answer; bytes acknowledged grow',
  makes: 'CLOSE_WAIT',
  descriptorsPerSocket: 1,
  runtimes: ['node', 'python', 'c'],

  async start(options, runtime) {
    if (runtime !== 'node') return stage(await startServerApart('half-close', options, runtime), 'half-close', options);
    const server = await startServerHere(options, { reads: true });
    const answering = setInterval(() => {
      for (const socket of server.readToTheEnd) socket.write(PIECE);
    }, PIECE_EVERY_MS);
    const stop = (): void | Promise<void> => {
      clearInterval(answering);
      return server.stop();
    };
    return stage({ ...server, stop }, 'half-close', options);
  },
};
