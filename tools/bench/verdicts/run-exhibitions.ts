import type { Incident } from '@closewatch/protocol';
import { type BenchResult, type Skipped } from '../bench.ts';
import { ClosewatchServer } from '../ingest/closewatch-server.ts';
import { exhibit, type Watcher } from './exhibition.ts';
import { type Observation } from './observation.ts';
import { figuresOf, reportOf } from './report.ts';
import { simulatedFigures } from './simulated.ts';
import { type Trial } from './trial.ts';
import { EXHIBITIONS } from './trials.ts';
import { VerdictReader } from './verdict-reader.ts';
import { WatchingAgent } from './watching-agent.ts';

/** The user that may look into nobody's processes. */
const NOBODY = 65_534;

/**
 * Runs all programs, or those of the scenarios that `words` name, before one agent and one server. `isApart`: no process is
 * there but ours, so that the agent can say of what it does not find that nobody has it.
 */
export async function runExhibitions(
  words: readonly string[],
  { isApart }: { readonly isApart: boolean },
): Promise<BenchResult> {
  const isRoot = process.getuid?.() === 0;
  const skipped: Skipped[] = [];
  if (!isRoot) skipped.push({ what: 'unknown', why: 'only root can start an agent that sees less than we do' });
  if (!isApart)
    skipped.push({ what: 'kernel_owned', why: 'an agent that cannot look into every process does not say so' });
  const isWanted = ({ scenario, seenBy, verdict }: Trial): boolean =>
    (words.length === 0 || words.includes(scenario)) &&
    (isRoot || seenBy === undefined) &&
    (isApart || verdict !== 'kernel_owned');
  const observations: Observation[] = [];
  let incidents: Incident[] = [];
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
    for (const exhibition of EXHIBITIONS) {
      const trials = exhibition.trials.filter(isWanted);
      if (trials.length > 0) observations.push(...(await exhibit({ ...exhibition, trials }, reader, watcherOf)));
    }
    for (const { hostId } of watchers) incidents = [...incidents, ...(await reader.incidentsOf(hostId))];
  } finally {
    await Promise.all(agents.map((agent) => agent.stop()));
    await server.stop();
  }
  return {
    figures: [...figuresOf(observations, incidents), ...simulatedFigures()],
    skipped,
    report: reportOf(observations, incidents),
  };
}
