import type { Scenario } from '../scenario.ts';
import { startServerApart } from '../servers/apart.ts';
import { stage } from '../stage.ts';

/** The peer has shut down its sending side and reads nothing: its window closes, and the answer stays with the server. */
export const sendBlocked: Scenario = {
  name: 'send-blocked',
  summary: "answers more than the peer reads: CLOSE_WAIT, Send-Q does not shrink, the peer's window is closed",
  makes: 'CLOSE_WAIT',
  descriptorsPerSocket: 1,
  runtimes: ['python', 'node', 'c'],

  async start(options, runtime) {
    return stage(await startServerApart('send-blocked', options, runtime), 'deaf', options);
  },
};
