import type { Scenario } from '../scenario.ts';
import { startServerApart } from '../servers/apart.ts';
import { stage } from '../stage.ts';

/** The loop that accepts has died, its process has not: connections wait in the listener's queue until it is full. */
export const neverAccepted: Scenario = {
  name: 'never-accepted',
  summary: 'listens and does not accept: CLOSE_WAIT without a descriptor (inode 0), accept queue full',
  makes: 'CLOSE_WAIT',
  descriptorsPerSocket: 0,
  runtimes: ['python', 'node', 'c'],
  queued: true,

  async start(options, runtime) {
    return stage(await startServerApart('never-accepted', options, runtime), 'leave', options);
  },
};
