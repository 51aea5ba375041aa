import type { Scenario } from '../scenario.ts';
import { startServerApart } from '../servers/apart.ts';
import { startServerHere } from '../servers/here.ts';
import { stage } from '../stage.ts';

/** The server accepts and never reads: what the peer said, and its FIN, wait in the Recv-Q. */
export const notReading: Scenario = {
  name: 'not-reading',
  summary: 'accepts and never reads: CLOSE_WAIT, Recv-Q = unread bytes + 1 for the FIN',
  makes: 'CLOSE_WAIT',
  descriptorsPerSocket: 1,
  runtimes: ['node', 'python', 'c'],

  async start(options, runtime) {
    const server =
      runtime === 'node'
        ? await startServerHere(options, { reads: false })
        : await startServerApart('not-reading', options, runtime);
    return stage(server, 'leave', options);
  },
};
