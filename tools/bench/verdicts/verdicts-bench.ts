import { type Bench, type BenchResult } from '../bench.ts';
import { type Figure } from '../figures.ts';
import { ClosewatchServer } from '../ingest/closewatch-server.ts';
import { confusionMatrix } from './confusion.ts';
import { exhibit, type Watcher } from './exhibition.ts';
import { delayMs, judgedAtLast, steadiness, type Observation } from './observation.ts';
import { simulatedFigures } from './simulated.ts';
import { forecastErrors } from './time-left.ts';
import { nameOf, type Trial } from './trial.ts';
import { EXHIBITIONS } from './trials.ts';
import { VerdictReader } from './verdict-reader.ts';
import { WatchingAgent } from './watching-agent.ts';

const WARNING_DELAY_MS = 90_000;
/** The user that may look into nobody's processes. */
const NOBODY = 65_534;

export const verdictsBench: Bench = {
  name: 'verdicts',
  summary: 'whether leaks are told from what is none, why they leak, how soon, and how long it can go on (root)',

  async run(words): Promise<BenchResult> {
    const isRoot = process.getuid?.() === 0;
    const isWanted = (trial: Trial): boolean =>
      (words.length === 0 || words.includes(trial.scenario)) && (isRoot || trial.seenBy === undefined);
    const exhibitions = EXHIBITIONS.map((one) => ({ ...one, trials: one.trials.filter(isWanted) }));
    const observations: Observation[] = [];
    const server = await ClosewatchServer.start();
    const agents = [new WatchingAgent('leak-lab', server)];
    if (isRoot) agents.push(new WatchingAgent('leak-lab-seen-by-nobody', server, NOBODY));
    try {
      const reader = new VerdictReader(server.url, await server.signIn());
      const watchers: Watcher[] = [];
      for (const agent of agents) watchers.push({ agent, hostId: await reader.hostNamed(agent.hostname) });
      const watcherOf = ({ seenBy }: Trial): Watcher => {
        const watcher = watchers[seenBy === undefined ? 0 : 1];
        if (watcher === undefined) throw new Error('no agent watches it');
        return watcher;
      };
      for (const exhibition of exhibitions) {
        if (exhibition.trials.length > 0) observations.push(...(await exhibit(exhibition, reader, watcherOf)));
      }
    } finally {
      await Promise.all(agents.map((agent) => agent.stop()));
      await server.stop();
    }
    const skipped = isRoot ? [] : [{ what: 'unknown', why: 'only root can start an agent that sees less than we do' }];
    return { figures: [...figuresOf(observations), ...simulatedFigures()], skipped, report: reportOf(observations) };
  },
};

function figuresOf(observations: readonly Observation[]): Figure[] {
  const judged = observations.filter(({ trial }) => trial.verdict !== null);
  const right = judged.filter((observation) => judgedAtLast(observation) === observation.trial.verdict);
  const falseAlarms = observations.filter(({ trial, incidents }) => trial.incident === 'none' && incidents.length > 0);
  const missed = observations.filter(
    (observation) => observation.trial.incident === 'opens' && delayMs(observation) === null,
  );
  const delays = observations.filter(({ trial }) => trial.isTimed).flatMap((observation) => delayMs(observation) ?? []);
  const errors = observations.flatMap(forecastErrors);
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
    {
      name: 'delay to warning, one a second',
      value: Math.max(...delays) / 1_000,
      unit: 's at most',
      budget: WARNING_DELAY_MS / 1_000,
    },
    { name: 'forecasts of running out', value: errors.length, unit: '' },
    { name: 'error of the time left', value: 100 * Math.max(...errors), unit: '% at most', budget: 20 },
  ];
}

function reportOf(observations: readonly Observation[]): string {
  const matrix = confusionMatrix(
    observations
      .filter(({ trial }) => trial.verdict !== null)
      .map((observation) => ({ expected: observation.trial.verdict ?? '', judged: judgedAtLast(observation) })),
  );
  const lines = observations.map((observation) => {
    const { trial, incidents, looks } = observation;
    const last = looks.at(-1);
    const delay = delayMs(observation);
    return [
      nameOf(trial),
      `is ${trial.verdict ?? 'anything'}, judged ${judgedAtLast(observation)} (${last?.confidence ?? 0}, ${Math.round(steadiness(observation) * 100)} % of looks)`,
      `${last?.leaked ?? 0} of ${last?.count ?? 0} leaked`,
      incidents.length === 0
        ? 'no incident'
        : `incidents: ${incidents.map(({ rule, severity, finding }) => `${rule} ${severity} ${finding?.verdict ?? '-'}`).join(', ')}${delay === null ? '' : ` after ${Math.round(delay / 1_000)} s`}`,
    ].join('; ');
  });
  return `${matrix}\n\n${lines.join('\n')}`;
}
