import type { Incident } from '@closewatch/protocol';
import { type Figure } from '../figures.ts';
import { confusionMatrix } from './confusion.ts';
import { delayMs, incidentsAbout, judgedAtLast, steadiness, type Observation } from './observation.ts';
import { forecastErrors } from './time-left.ts';
import { nameOf } from './trial.ts';

const WARNING_DELAY_MS = 90_000;
/** They leave CLOSE_WAIT after 15 s, and are told twice a minute: three tellings make a leak. */
const ORPHANS_DELAY_MS = 180_000;

/** What is measured, with its budgets. */
export function figuresOf(observations: readonly Observation[], incidents: readonly Incident[]): Figure[] {
  const judged = observations.filter(({ trial }) => trial.verdict !== null);
  const right = judged.filter((observation) => judgedAtLast(observation) === observation.trial.verdict);
  // By whichever agent it was seen.
  const falseAlarms = observations.filter(
    ({ trial, port }) => trial.incident === 'none' && incidentsAbout(incidents, port).length > 0,
  );
  const missed = observations.filter(
    (observation) => observation.trial.incident === 'opens' && delayMs(observation) === null,
  );
  return [
    { name: 'programs judged', value: judged.length, unit: '' },
    { name: 'verdicts that are wrong', value: judged.length - right.length, unit: '', budget: 0 },
    {
      name: 'looks that agree with the last',
      value: Math.min(...judged.map(steadiness)),
      unit: 'of them, at the least',
    },
    { name: 'healthy programs with an incident', value: falseAlarms.length, unit: '', budget: 0 },
    { name: 'leaks without an incident', value: missed.length, unit: '', budget: 0 },
    ...delayFigure(
      'delay to warning, one a second',
      observations.filter(({ trial }) => trial.isTimed),
      WARNING_DELAY_MS,
    ),
    ...delayFigure(
      'delay to warning, one orphan a second',
      observations.filter(({ trial }) => trial.scenario === 'keepalive-leak'),
      ORPHANS_DELAY_MS,
    ),
    ...forecastFigures(observations.filter(({ trial }) => trial.descriptorLimit !== undefined)),
  ];
}

/** Of programs that were asked for; none were where only some scenarios run. */
function delayFigure(name: string, observations: readonly Observation[], budgetMs: number): Figure[] {
  if (observations.length === 0) return [];
  const delays = observations.flatMap((observation) => delayMs(observation) ?? []);
  return [{ name, value: worst(delays) / 1_000, unit: 's at most', budget: budgetMs / 1_000 }];
}

function forecastFigures(observations: readonly Observation[]): Figure[] {
  if (observations.length === 0) return [];
  const errors = observations.flatMap(forecastErrors);
  return [
    { name: 'forecasts of running out', value: errors.length, unit: '' },
    { name: 'error of the time left', value: 100 * worst(errors), unit: '% at most', budget: 20 },
  ];
}

/** Without any: not measured, and within no budget. */
function worst(values: readonly number[]): number {
  return values.length === 0 ? NaN : Math.max(...values);
}

/** The confusion matrix, a line for each program, and what `incidents` there were besides. */
export function reportOf(observations: readonly Observation[], incidents: readonly Incident[]): string {
  const matrix = confusionMatrix(
    observations
      .filter(({ trial }) => trial.verdict !== null)
      .map((observation) => ({ expected: observation.trial.verdict ?? '', judged: judgedAtLast(observation) })),
  );
  const lines = observations.map((observation) => {
    const { trial, incidents, looks } = observation;
    const last = looks.at(-1);
    const delay = delayMs(observation);
    const errors = forecastErrors(observation);
    return [
      nameOf(trial),
      `is ${trial.verdict ?? 'anything'}, judged ${judgedAtLast(observation)} (${last?.confidence ?? 0}, ${Math.round(steadiness(observation) * 100)} % of looks)`,
      `${last?.leaked ?? 0} of ${last?.count ?? 0} leaked`,
      ...(errors.length === 0
        ? []
        : [`time left off by ${errors.map((error) => Math.round(100 * error)).join(', ')} %`]),
      incidents.length === 0
        ? 'no incident'
        : `incidents: ${incidents.map(({ rule, severity, finding }) => `${rule} ${severity} ${finding?.verdict ?? '-'}`).join(', ')}${delay === null ? '' : ` after ${Math.round(delay / 1_000)} s`}`,
    ].join('; ');
  });
  const told = new Set(observations.flatMap((observation) => observation.incidents.map(({ id }) => id)));
  const others = incidents
    .filter(({ id }) => !told.has(id))
    .map((incident) => {
      const about = observations.find(({ port }) => incidentsAbout([incident], port).length > 0);
      const what = about === undefined ? incident.service : nameOf(about.trial);
      return `${incident.rule} ${incident.severity} of ${what} (${incident.hostname})`;
    });
  const besides = others.length === 0 ? 'no other incidents' : `other incidents:\n${others.join('\n')}`;
  return `${matrix}\n\n${lines.join('\n')}\n${besides}`;
}
