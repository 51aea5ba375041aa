import type { Conduct } from '../peer/conduct.ts';
import type { Scenario } from '../scenario.ts';
import { startServerApart, type Habit } from '../servers/apart.ts';
import { stage } from '../stage.ts';

/** Programs that look bad for a while, and are not. */
function healthy(
  name: Habit,
  summary: string,
  runtimes: Scenario['runtimes'] = ['python'],
  conduct: Conduct = 'leave',
): Scenario {
  return {
    name,
    summary: `no fault: ${summary}`,
    makes: 'CLOSE_WAIT',
    descriptorsPerSocket: 1,
    runtimes,
    start: async (options, runtime) => stage(await startServerApart(name, options, runtime), conduct, options),
  };
}

export const turnover = healthy('turnover', 'closes each connection a little later (--every)', ['python', 'node', 'c']);
export const burst = healthy('burst', 'all peers leave at once, and one is closed every 2 s', ['python'], 'together');
export const slowConsumer = healthy(
  'slow-consumer',
  'reads 40 kB by 512 B a second, then closes',
  ['python'],
  'upload',
);
export const sawTooth = healthy('saw-tooth', 'closes none for a while, then all (--every)');
export const restartLoop = healthy('restart-loop', 'leaks, and is started anew before that matters (--every)');
