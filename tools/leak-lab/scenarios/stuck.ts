import type { Scenario } from '../scenario.ts';
import { startServerApart, type Habit } from '../servers/apart.ts';
import { stage } from '../stage.ts';

/** Long enough to look at, short enough for a CPU that was forgotten. */
export const BURNING_LASTS_MS = 10 * 60_000;

/** The server accepts, and before it reads a byte it gets stuck, each in its way (servers/ways_to_get_stuck.py). */
function stuck(
  name: Habit,
  summary: string,
  runtimes: Scenario['runtimes'] = ['python', 'node', 'c'],
  cannot: Scenario['cannot'] = {},
): Scenario {
  return {
    name,
    summary,
    makes: 'CLOSE_WAIT',
    descriptorsPerSocket: 1,
    runtimes,
    cannot,
    start: async (options, runtime) => stage(await startServerApart(name, options, runtime), 'leave', options),
  };
}

export const stopped = stuck('stopped', 'stopped by SIGSTOP: thread state T, Recv-Q ≥ 1');
export const busy: Scenario = {
  ...stuck('busy', 'computes and never gets to the read: thread state R, run time high'),
  lastsMs: BURNING_LASTS_MS,
};
export const starved: Scenario = {
  ...stuck('starved', 'gets no CPU, for others have it: thread state R, run-queue wait high'),
  lastsMs: BURNING_LASTS_MS,
};
export const lock = stuck('lock', 'a deadlock: every thread waits in futex');
export const fileLock = stuck(
  'file-lock',
  'waits for the flock on a file that another process keeps',
  ['python', 'c'],
  { node: 'Node has no flock(2)' },
);
export const pipe = stuck('pipe', 'reads from a pipe to which nobody writes');
export const uninterruptible = stuck('uninterruptible', 'waits for a child of vfork(2): thread state D', ['c'], {
  node: 'nothing in Node waits so',
  python: 'Python gives its child of vfork(2) a program at once',
});
