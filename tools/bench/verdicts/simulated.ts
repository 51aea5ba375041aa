import { steady, type Lifetime } from '../../../libs/socket-states/src/testing/lifetimes.ts';
import { simulateLeak, type SimulationResult } from '../../../libs/socket-states/src/testing/simulation.ts';
import { type Figure } from '../figures.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** An instant in the middle of an hour, between two samples. */
const BEGIN = Date.UTC(2026, 4, 1, 8, 17, 3);
const DESCRIPTORS = { others: 20, limit: 1_024 };

/** Leaks too slow to wait for, through the code that runs live; and forecasts of steady ones. */
export function simulatedFigures(): Figure[] {
  const slow = simulated(30 * MINUTE, 12 * HOUR);
  const toldBy = slow.steps.find(({ at }) => at === slow.warnedAt)?.detection?.reasons.map(({ key }) => key) ?? [];
  return [
    {
      name: 'delay to warning, one a minute (simulated)',
      value: delayMs(simulated(MINUTE, 30 * MINUTE)) / MINUTE,
      unit: 'min',
      budget: 15,
    },
    { name: 'delay to warning, two an hour (simulated)', value: delayMs(slow) / HOUR, unit: 'h', budget: 12 },
    {
      name: 'two an hour are told by the slow-leak rule',
      value: toldBy.includes('leak.slow') ? 1 : 0,
      unit: '',
      least: 1,
    },
    {
      name: 'error of the time left, one a second to one a minute (simulated)',
      value: 100 * Math.max(...[SECOND, 5 * SECOND, 20 * SECOND, MINUTE].map(worstForecast)),
      unit: '% at most',
      budget: 20,
    },
  ];
}

function simulated(everyMs: number, forMs: number): SimulationResult {
  const lifetimes: Lifetime[] = steady({ from: BEGIN, until: BEGIN + forMs, everyMs, forMs: Infinity });
  return simulateLeak({ lifetimes, from: BEGIN - 2 * MINUTE, until: BEGIN + forMs, descriptors: DESCRIPTORS });
}

function delayMs({ warnedAt }: SimulationResult): number {
  return warnedAt === null ? Infinity : warnedAt - BEGIN;
}

/** The worst forecast from the warning on, as a share of what was left. */
function worstForecast(everyMs: number): number {
  const runsOutAt = BEGIN + (DESCRIPTORS.limit - DESCRIPTORS.others) * everyMs;
  const { steps, warnedAt } = simulated(everyMs, Math.min(2 * HOUR, (runsOutAt - BEGIN) * 0.9));
  const errors = steps.flatMap(({ at, detection }) => {
    const told = detection?.figures['timeLeftMs'];
    if (warnedAt === null || at < warnedAt || typeof told !== 'number') return [];
    return [Math.abs(told - (runsOutAt - at)) / (runsOutAt - at)];
  });
  return errors.length === 0 ? Infinity : Math.max(...errors);
}
