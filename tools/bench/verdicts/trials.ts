import { type Exhibition } from './exhibition.ts';
import { type Runtime, type Trial } from './trial.ts';

const SECOND = 1_000;
/** One more each second, for longer than anything lasts. */
const LEAKING = ['--rate', '1', '--count', '900'];
const STANDING = ['--rate', '5', '--count', '20'];
const ALL: readonly Runtime[] = ['node', 'python', 'c'];

type Kind = Pick<Trial, 'scenario' | 'verdict'>;
const each = (runtimes: readonly Runtime[], trial: Omit<Trial, 'runtime'>): Trial[] =>
  runtimes.map((runtime) => ({ ...trial, runtime }));

/** It leaks on and on. */
const leaks = (kind: Kind, runtimes = ALL): Trial[] =>
  each(runtimes, { ...kind, words: LEAKING, incident: 'opens', isTimed: true });
/** It is stuck with what it has, which grows no more. */
const stuck = (kind: Kind, runtimes = ALL): Trial[] => each(runtimes, { ...kind, words: STANDING, incident: 'either' });
/** Nothing is wrong with it. */
const healthy = (kind: Kind, words: readonly string[], runtimes: readonly Runtime[] = ['python']): Trial[] =>
  each(runtimes, { ...kind, words, incident: 'none' });

/** Everything that leaves the CPU alone, at once. */
const QUIET: Exhibition = {
  name: 'leaks, stuck and healthy programs',
  lastsMs: 250 * SECOND,
  trials: [
    ...leaks({ scenario: 'code-leak', verdict: 'code_leak' }),
    ...leaks({ scenario: 'not-reading', verdict: 'not_reading' }),
    // Its sockets become orphans, of which the agent tells no more than twice a minute when they are many.
    ...each(ALL, { scenario: 'keepalive-leak', verdict: 'code_leak', words: LEAKING, incident: 'opens' }),
    ...leaks({ scenario: 'never-accepted', verdict: 'not_accepted' }),
    ...leaks({ scenario: 'kernel-owned', verdict: 'kernel_owned' }, ['python', 'c']),
    ...leaks({ scenario: 'send-blocked', verdict: 'send_blocked' }),
    ...stuck({ scenario: 'inherited', verdict: 'inherited' }),
    ...stuck({ scenario: 'stopped', verdict: 'stopped' }),
    ...stuck({ scenario: 'lock', verdict: 'blocked_on_lock' }),
    ...stuck({ scenario: 'file-lock', verdict: 'blocked_on_lock' }, ['python', 'c']),
    ...stuck({ scenario: 'pipe', verdict: 'blocked_on_io' }),
    ...stuck({ scenario: 'uninterruptible', verdict: 'blocked_on_io' }, ['c']),
    ...healthy({ scenario: 'half-close', verdict: 'half_closed' }, LEAKING, ALL),
    ...healthy({ scenario: 'turnover', verdict: 'turnover' }, ['--rate', '5', '--count', '900', '--every', '15s'], ALL),
    // Whoever has dialled and has not looked since does not read; Node's pool has none of them left.
    ...healthy({ scenario: 'idle-pool', verdict: 'not_reading' }, ['--count', '30'], ['python', 'c']),
    ...healthy({ scenario: 'idle-pool', verdict: null }, ['--count', '30'], ['node']),
    ...healthy({ scenario: 'burst', verdict: null }, ['--rate', '20', '--count', '60']),
    ...healthy({ scenario: 'slow-consumer', verdict: null }, ['--rate', '2', '--count', '24']),
    ...healthy({ scenario: 'saw-tooth', verdict: null }, ['--rate', '1', '--count', '900', '--every', '45s']),
    ...healthy({ scenario: 'saw-tooth', verdict: null }, ['--rate', '1', '--count', '900', '--every', '70s']),
    ...healthy({ scenario: 'restart-loop', verdict: null }, ['--rate', '2', '--count', '900', '--every', '25s']),
    ...healthy({ scenario: 'time-wait', verdict: null }, ['--rate', '20', '--count', '1200'], ['node']),
    ...each(ALL, {
      scenario: 'not-reading',
      verdict: 'unknown',
      words: STANDING,
      incident: 'either',
      seenBy: 'nobody',
    }),
    ...[
      { runtime: 'python' as const, rate: '5', descriptorLimit: 1_024 },
      { runtime: 'c' as const, rate: '3', descriptorLimit: 512 },
    ].map(({ runtime, rate, descriptorLimit }): Trial => {
      const words = ['--rate', rate, '--count', '2000'];
      return { scenario: 'code-leak', runtime, words, verdict: 'code_leak', incident: 'opens', descriptorLimit };
    }),
  ],
};

/** What keeps the CPUs busy. */
const BUSY: Exhibition = {
  name: 'programs that keep a CPU',
  lastsMs: 110 * SECOND,
  trials: stuck({ scenario: 'busy', verdict: 'busy' }).map((trial): Trial => ({ ...trial, isFavoured: true })),
};

/** And whom others keep it from. */
const STARVED: Exhibition = {
  name: 'programs without CPU',
  lastsMs: 110 * SECOND,
  trials: stuck({ scenario: 'starved', verdict: 'cpu_starved' }),
};

export const EXHIBITIONS: readonly Exhibition[] = [QUIET, BUSY, STARVED];
