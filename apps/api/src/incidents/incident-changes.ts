import { type Annotation, type Incident } from '@closewatch/protocol';
import { listMarks } from '../annotations/annotations.queries.ts';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';

/** Marks come from so long before an incident began. */
const BEFORE_MS = 2 * 3_600_000;
/** Before it opened, and as many since: a service that restarts over and over must not hide what was before. */
const MARKS = 100;

/**
 * Change marks of an incident's host, and of all hosts, from two hours before it began to its end (`now`, milliseconds,
 * while it is open), in the order of time: what people and scripts said, and restarts that the agent saw.
 */
export async function incidentChanges(
  sql: Sql,
  hostId: number,
  { beganAt, openedAt, resolvedAt }: Pick<Incident, 'beganAt' | 'openedAt' | 'resolvedAt'>,
  now: number,
): Promise<Annotation[]> {
  const opened = Date.parse(openedAt);
  const between = (from: number, to: number) =>
    listMarks(sql, {
      ...{ hostIds: [hostId], from: isoInstant(from), to: isoInstant(to) },
      ...{ after: undefined, limit: MARKS },
    });
  const [since, before] = [
    await between(opened + 1, resolvedAt === null ? now : Date.parse(resolvedAt)),
    await between(Date.parse(beganAt) - BEFORE_MS, opened),
  ];
  return [...since, ...before].map(({ mark }) => mark).reverse();
}
