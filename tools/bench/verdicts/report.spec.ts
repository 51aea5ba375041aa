import { expect, it } from '@jest/globals';
import { missedIn } from '../figures.ts';
import { type Observation } from './observation.ts';
import { figuresOf } from './report.ts';
import { EXHIBITIONS } from './trials.ts';

const TRIALS = EXHIBITIONS.flatMap(({ trials }) => trials);

/** One of which nothing was ever told. */
function untold(isIt: (trial: Observation['trial']) => boolean): Observation {
  const trial = TRIALS.find(isIt);
  if (trial === undefined) throw new Error('there is no such trial');
  return { trial, port: 80, startedAt: 0, looks: [], incidents: [], ranOutAt: null };
}
const missedOf = (observation: Observation): string[] => missedIn(figuresOf([observation], [])).map(({ name }) => name);

it('misses every budget of a leak of which nothing is told', () => {
  expect(missedOf(untold(({ isTimed }) => isTimed === true))).toEqual([
    'verdicts that are wrong',
    'leaks without an incident',
    'delay to warning, one a second',
  ]);
});

it('misses the budget of forecasts where there are none', () => {
  expect(missedOf(untold(({ descriptorLimit }) => descriptorLimit !== undefined))).toContain('error of the time left');
});

it('does not ask for what does not run', () => {
  const names = figuresOf([untold(({ scenario }) => scenario === 'busy')], []).map(({ name }) => name);
  expect(names.filter((name) => /delay|time left/.test(name))).toEqual([]);
});
