import { type Sql } from '../database/data-source.ts';
import { keepAgentEvents } from './agent-events.queries.ts';
import { foldLifetimes } from './fold-lifetimes.ts';
import { countOpenConnections, countOrphans, moveHostLatest } from './host-latest.queries.ts';
import { hostNews, lateOwnCompletes } from './host-news.ts';
import { type HostRecord } from './host-record.ts';
import { endLifetimes } from './endings.ts';
import { mergeLifetimes } from './lifetimes.queries.ts';
import { noteNamespaces } from './namespaces.queries.ts';
import { reopenLost, reopenMentioned } from './reopen.queries.ts';
import { newestSections } from './section-rows.ts';
import { keepSamples } from './section-samples.queries.ts';
import { keepSections } from './sections.queries.ts';
import { type BatchRow } from './snapshot-batch.ts';
import {
  greatest,
  hasConnections,
  latestChange,
  mayChangeOrphans,
  recordAfter,
  type TouchedHost,
} from './touched-host.ts';

/**
 * Writes what new snapshots tell beside their counts, and moves host_latest. What none of them tells costs no statement.
 * Returns the hosts as they then are.
 */
export async function writeContents(sql: Sql, touched: readonly TouchedHost[]): Promise<HostRecord[]> {
  const hosts = touched.toSorted((a, b) => a.hostId - b.hostId);
  const fresh = hosts.flatMap((host) => host.fresh);
  const open = await writeConnections(sql, hosts, fresh);
  await keepSections(sql, newestSections(fresh));
  await keepSamples(sql, fresh);
  await keepAgentEvents(sql, fresh);
  const orphans = await countOrphans(
    sql,
    hosts.filter(mayChangeOrphans).map(({ hostId }) => hostId),
  );
  const changes = hosts.map((host) => latestChange(host, open.get(host.hostId), orphans.get(host.hostId)));
  await moveHostLatest(
    sql,
    changes.filter((change) => change !== undefined),
  );
  return hosts.flatMap((host, index) => recordAfter(host, changes[index], open.get(host.hostId)) ?? []);
}

/** Merges, ends and counts connections of those hosts that have any. */
async function writeConnections(sql: Sql, hosts: readonly TouchedHost[], fresh: readonly BatchRow[]) {
  const lifetimes = foldLifetimes(fresh);
  const news = hosts.map((host) => hostNews(host.hostId, host.fresh, host.record?.latest));
  const completeAt = hosts.map((host, index) =>
    greatest(host.record?.latest?.completeAt ?? null, news[index]?.completeAt ?? null),
  );
  const late = [
    ...hosts.flatMap((host, index) => lateOwnCompletes(host.fresh, completeAt[index] ?? null)),
    ...(await noteNamespaces(sql, fresh)),
  ];
  await reopenMentioned(sql, lifetimes);
  await reopenLost(sql, late);
  await mergeLifetimes(sql, lifetimes);
  const reopened = new Set(late.map(({ hostId }) => hostId));
  const concerned = hosts.flatMap((host, index) =>
    hasConnections(host) || reopened.has(host.hostId)
      ? [
          {
            hostId: host.hostId,
            completeAt: completeAt[index] ?? null,
            countedAt: news[index]?.counted?.at ?? host.record?.latest?.countedAt ?? null,
          },
        ]
      : [],
  );
  await endLifetimes(sql, concerned);
  return countOpenConnections(sql, concerned);
}
