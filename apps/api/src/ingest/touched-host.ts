import { type HostRecord } from './host-record.ts';
import { type LatestChange, type OpenConnections } from './host-latest.queries.ts';
import { type HostUpdate } from './hosts.queries.ts';
import { hostNews } from './host-news.ts';
import { type BatchRow } from './snapshot-batch.ts';

/** A host of which a transaction writes. */
export interface TouchedHost {
  readonly hostId: number;
  readonly agentId: string;
  /** As it was read; undefined: it is new. */
  readonly record: HostRecord | undefined;
  /** What it becomes; undefined: none of the pushes speaks for it. */
  readonly update: HostUpdate | undefined;
  /** Whether the update was written to `host`. */
  readonly changed: boolean;
  /** Its snapshots that are new. */
  readonly fresh: BatchRow[];
}

/** Whether its connections have to be looked at: it has some, or is told of some. */
export function hasConnections({ record, fresh }: TouchedHost): boolean {
  return (record?.latest?.connections ?? 0) > 0 || fresh.some(({ snapshot }) => snapshot.connections.length > 0);
}

/** The orphans that stand are those of the current run, and its newest word of them. */
export function mayChangeOrphans({ record, update, fresh }: TouchedHost): boolean {
  const newRun = update !== undefined && update.header.runId !== record?.runId;
  return newRun || fresh.some(({ snapshot }) => snapshot.orphans !== undefined);
}

/** The change of host_latest that a transaction makes; undefined: none. */
export function latestChange(
  host: TouchedHost,
  waiting: OpenConnections | undefined,
  orphaned: number | undefined,
): LatestChange | undefined {
  const latest = host.record?.latest;
  // A change of the host itself moves the cursor, too: other servers find by it that they have to read the host again.
  if (host.fresh.length === 0 && !host.changed) return undefined;
  const news = hostNews(host.hostId, host.fresh, latest);
  return {
    ...news,
    seenAt: news.seenAt ?? (latest === undefined ? (host.update?.until ?? null) : null),
    cursor: latest?.cursor ?? null,
    waiting: waiting ?? null,
    orphaned: orphaned ?? null,
  };
}

/** The host as it is once `change` is committed; undefined where too little is known of it. */
export function recordAfter(
  { hostId, agentId, record, update, changed }: TouchedHost,
  change: LatestChange | undefined,
  waiting: OpenConnections | undefined,
): HostRecord | undefined {
  const before = record?.latest;
  const run = changed && update !== undefined ? runOf(update) : record;
  if (run === undefined || (change === undefined && before === undefined)) return undefined;
  return {
    ...run,
    hostId,
    agentId,
    until: Math.max(run.until, change?.seenAt ?? -Infinity),
    latest: {
      cursor: (before?.cursor ?? 0) + (change === undefined ? 0 : 1),
      countedAt: change?.counted?.at ?? before?.countedAt ?? null,
      completeAt: greatest(before?.completeAt ?? null, change?.completeAt ?? null),
      connections: waiting?.connections ?? before?.connections ?? 0,
    },
  };
}

function runOf({ header, since, until, intervalMs, syncedRunId }: HostUpdate) {
  const { runId, bootId, agent } = header;
  return { runId, bootId, machineId: agent.machineId, since, until, intervalMs, syncedRunId, agent };
}

export function greatest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
