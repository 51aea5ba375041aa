import type { Scenario } from '../scenario.ts';
import { startServerApart } from '../servers/apart.ts';
import { startServerHere } from '../servers/here.ts';
import { stage } from '../stage.ts';

/** The server reads until the end of stream and forgets to close: CLOSE_WAIT with an empty Recv-Q. */
export const codeLeak: Scenario = {
  name: 'code-leak',
  summary: 'reads the end of stream and never closes: CLOSE_WAIT, Recv-Q 0',
  makes: 'CLOSE_WAIT',
  descriptorsPerSocket: 1,
  runtimes: ['node', 'python', 'c'],

  async start(options, runtime) {
    const server =
      runtime === 'node'
        ? await startServerHere(options, { reads: true })
        : await startServerApart('code-leak', options, runtime);
    return stage(server, 'leave', options);
  },
};
