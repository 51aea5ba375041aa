import { type Sql } from '../database/data-source.ts';
import { lastResolvedOfContainers } from '../incidents/incident-store.queries.ts';
import { type Decision, type HostMoment } from './incident-decision.ts';
import { readReplacedContainers } from './restarts.queries.ts';

const REPLACED_MS = 30 * 86_400_000;

/**
 * The decisions, where a leak opens in a container that took the place of another with the leak of that one before it: each
 * container is another subject, and most of them have a namespace of their own.
 */
export async function withPredecessors(
  sql: Sql,
  { hostId, now }: HostMoment,
  decisions: readonly Decision[],
): Promise<Decision[]> {
  const linked: Decision[] = [];
  for (const decision of decisions) {
    const { advance, previous, found } = decision;
    const subject = found?.subject.of === 'leak' ? found.subject : undefined;
    const containerId = subject?.service?.containerId ?? null;
    if (advance.outcome !== 'opened' || previous !== null || subject === undefined || containerId === null) {
      linked.push(decision);
      continue;
    }
    const replaced = await readReplacedContainers(sql, hostId, containerId, now - REPLACED_MS);
    const predecessor = replaced.length === 0 ? null : await lastResolvedOfContainers(sql, hostId, replaced, subject);
    linked.push({ ...decision, previous: predecessor });
  }
  return linked;
}
