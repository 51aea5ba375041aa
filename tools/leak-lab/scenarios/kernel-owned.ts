import type { Scenario } from '../scenario.ts';
import { startServerApart } from '../servers/apart.ts';
import { stage } from '../stage.ts';

/**
 * The server has sent the connection to another process and closed it, and nobody takes it out of the queue (unix(7),
 * SCM_RIGHTS): an open file that no process has.
 */
export const kernelOwned: Scenario = {
  name: 'kernel-owned',
  summary: 'left in a queue between processes: CLOSE_WAIT with an inode that no process holds',
  makes: 'CLOSE_WAIT',
  descriptorsPerSocket: 1,
  runtimes: ['python', 'c'],
  cannot: { node: 'Node keeps a connection that it sends until it has been taken' },

  async start(options, runtime) {
    return stage(await startServerApart('kernel-owned', options, runtime), 'leave', options);
  },
};
