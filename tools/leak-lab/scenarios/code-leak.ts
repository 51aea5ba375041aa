import type { Scenario } from '../scenario.ts';
import { startServerHere } from '../servers/here.ts';
import { stage } from '../stage.ts';

/** The server reads until the end of stream and forgets to close: CLOSE_WAIT with an empty Recv-Q. */
export const codeLeak: Scenario = {
  name: 'code-leak',
  summary: 'reads the end of stream and never closes: CLOSE_WAIT, Recv-Q 0',
  makes: 'CLOSE_WAIT',
  descriptorsPerSocket: 1,

  async start(options) {
    return stage(await startServerHere(options, { reads: true }), 'leave', options);
  },
};
