import type { Scenario } from '../scenario.ts';
import { startServerApart } from '../servers/apart.ts';
import { stage } from '../stage.ts';

/**
 * A code leak that hides: SO_KEEPALIVE (15 s, as Go sets it) asks for a peer whose kernel has forgotten the connection,
 * the RST it gets takes the socket out of every table, and the descriptor stays open. Kernels forget after the minute of
 * tcp_fin_timeout; this peer asks its own to forget after a second (TCP_LINGER2), so that nobody has to wait.
 */
export const keepaliveLeak: Scenario = {
  name: 'keepalive-leak',
  summary: 'never closes, and keepalive takes the socket out of the tables: an orphaned descriptor (--keepalive)',
  makes: 'orphaned descriptors',
  descriptorsPerSocket: 1,
  runtimes: ['python', 'node', 'c'],

  async start(options, runtime) {
    return stage(await startServerApart('keepalive-leak', options, runtime), 'vanish', options);
  },
};
