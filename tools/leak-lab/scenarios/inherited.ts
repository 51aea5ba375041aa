import type { Scenario } from '../scenario.ts';
import { startServerApart } from '../servers/apart.ts';
import { stage } from '../stage.ts';

/**
 * The server closes its descriptors, but two children have inherited them, and close() sends no FIN while another
 * reference lives (close(2), fork(2)). The pid on show is that of the first child.
 */
export const inherited: Scenario = {
  name: 'inherited',
  summary: 'closes, but two children have inherited the descriptors: each socket has two owners',
  makes: 'CLOSE_WAIT',
  descriptorsPerSocket: 1,
  runtimes: ['python', 'node', 'c'],

  async start(options, runtime) {
    return stage(await startServerApart('inherited', options, runtime), 'leave', options);
  },
};
