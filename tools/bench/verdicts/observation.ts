import type { Incident, LeakGroup } from '@closewatch/protocol';
import type { Verdict } from '@closewatch/socket-states';
import { type Trial } from './trial.ts';

/** `none`: nothing is listed, for nothing stays in CLOSE_WAIT. */
export type Judged = Verdict | 'none';

/** What was told of one program, look by look. */
export interface Observation {
  readonly trial: Trial;
  readonly port: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly looks: readonly Look[];
  readonly incidents: readonly Incident[];
  /** When its descriptors ran out; null: they did not. */
  readonly ranOutAt: number | null;
}

export interface Look {
  readonly at: number;
  readonly judged: Judged;
  readonly confidence: number;
  readonly count: number;
  readonly leaked: number;
  readonly timeLeftMs: number | null;
}

/** From here on its first connections have been in CLOSE_WAIT for more than a minute. */
const SETTLED_MS = 80_000;

/** One look, of the groups at this port: the one that holds the most. */
export function lookAt(groups: readonly LeakGroup[], port: number, at: number): Look {
  const [most] = groups
    .filter(({ subject }) => subject.endpoint.port === port)
    .toSorted((a, b) => b.count + b.orphaned - (a.count + a.orphaned));
  if (most === undefined) return { at, judged: 'none', confidence: 1, count: 0, leaked: 0, timeLeftMs: null };
  const { finding, count, leaked, timeLeftSeconds } = most;
  const timeLeftMs = timeLeftSeconds === null ? null : timeLeftSeconds * 1_000;
  return { at, judged: finding.verdict, confidence: finding.confidence, count, leaked, timeLeftMs };
}

/** What was said at last. */
export function judgedAtLast({ looks }: Observation): Judged {
  return looks.at(-1)?.judged ?? 'none';
}

/** Of the looks since it has settled the share that agrees with what was said at last; NaN: it was not looked at since. */
export function steadiness(observation: Observation): number {
  const settled = observation.looks.filter(({ at }) => at - observation.startedAt >= SETTLED_MS);
  const last = judgedAtLast(observation);
  return settled.filter(({ judged }) => judged === last).length / settled.length;
}

/** Incidents about a program at this port. */
export function incidentsAbout(incidents: readonly Incident[], port: number): Incident[] {
  return incidents.filter(({ subject }) => {
    if (subject.of === 'leak') return subject.endpoint.port === port;
    if (subject.of === 'listener') return subject.port === port;
    return subject.of === 'destination' && subject.peer.port === port;
  });
}

/** From the start of the program, when the first of its connections came, to the warning. */
export function delayMs({ incidents, startedAt }: Observation): number | null {
  const opened = incidents.filter(({ rule }) => rule === 'leak').map(({ openedAt }) => Date.parse(openedAt));
  return opened.length === 0 ? null : Math.min(...opened) - startedAt;
}
