import { setTimeout as sleep } from 'node:timers/promises';
import { LabProgram } from './lab-program.ts';
import { incidentsAbout, lookAt, type Look, type Observation } from './observation.ts';
import { nameOf, type Trial } from './trial.ts';
import { type VerdictReader } from './verdict-reader.ts';
import { type WatchingAgent } from './watching-agent.ts';

const LOOK_EVERY_MS = 4_000;
/** So many start at once: each is two programs or three. */
const AT_ONCE = 4;

/** Programs that run beside each other, and for how long. */
export interface Exhibition {
  readonly name: string;
  readonly trials: readonly Trial[];
  readonly lastsMs: number;
}

/** An agent, and the host by which the server knows it. */
export interface Watcher {
  readonly agent: WatchingAgent;
  readonly hostId: string;
}

/** Runs the programs of an exhibition, and has the server asked about them all the while. */
export async function exhibit(
  { name, trials, lastsMs }: Exhibition,
  reader: VerdictReader,
  watcherOf: (trial: Trial) => Watcher,
): Promise<Observation[]> {
  console.error(`bench verdicts: ${name}: ${trials.length} programs for ${lastsMs / 1_000} s...`);
  const programs: LabProgram[] = [];
  const looks = new Map<LabProgram, Look[]>();
  try {
    for (let first = 0; first < trials.length; first += AT_ONCE) {
      const starting = trials.slice(first, first + AT_ONCE).map((trial) => LabProgram.start(trial));
      for (const started of await Promise.allSettled(starting)) {
        if (started.status === 'rejected') throw started.reason;
        programs.push(started.value);
        looks.set(started.value, []);
      }
    }
    const watched = Map.groupBy(programs, ({ trial }) => watcherOf(trial));
    for (const deadline = Date.now() + lastsMs; Date.now() < deadline; await sleep(LOOK_EVERY_MS)) {
      for (const [{ agent, hostId }, shown] of watched) {
        agent.check();
        const { items, takenAt } = await reader.leaksOf(hostId);
        const at = takenAt === null ? Date.now() : Date.parse(takenAt);
        for (const program of shown) {
          if (program.ending !== null) throw new Error(`${nameOf(program.trial)} ended: ${program.ending}`);
          looks.get(program)?.push(lookAt(items, program.port, at));
        }
      }
    }
    const observations: Observation[] = [];
    for (const [{ hostId }, shown] of watched) {
      const incidents = await reader.incidentsOf(hostId);
      for (const program of shown) {
        const { trial, port, startedAt, ranOutAt } = program;
        const about = incidentsAbout(incidents, port);
        observations.push({ trial, port, startedAt, ranOutAt, looks: looks.get(program) ?? [], incidents: about });
      }
    }
    return observations;
  } finally {
    await Promise.all(programs.map((program) => program.stop()));
  }
}
