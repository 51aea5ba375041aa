import { TCP_STATES, type TcpState } from '@closewatch/socket-states';
import { type Sql } from '../database/data-source.ts';
import { SHARDS } from './shard-locks.queries.ts';

/** A namespace of a host as its newest snapshot has it; milliseconds since the epoch. */
export interface WatchedNamespace {
  readonly netns: number;
  /** Newest snapshot. */
  readonly at: number;
  readonly intervalMs: number;
  readonly counts: Readonly<Partial<Record<TcpState, number | null>>>;
  /** CLOSE_WAIT connections that are known one by one, or counted. */
  readonly closeWait: number;
}

/** What detection needs of a host to know whether there is news of it. */
export interface WatchedHost {
  readonly hostId: number;
  readonly agentId: string;
  readonly hostname: string;
  /** Grows with every change of the host. */
  readonly cursor: string;
  readonly runId: string;
  readonly bootId: string;
  readonly intervalMs: number;
  /** Forwards is positive. */
  readonly clockOffsetMs: number;
  /** Milliseconds since the epoch. */
  readonly lastSeenAt: number;
  /** The own one first. */
  readonly namespaces: readonly WatchedNamespace[];
}

interface Row extends Record<TcpState, number | null> {
  readonly hostId: number;
  readonly agentId: string;
  readonly hostname: string;
  readonly cursor: string;
  readonly runId: string;
  readonly bootId: string;
  readonly intervalMs: number;
  readonly clockOffsetMs: number;
  readonly lastSeenAt: Date;
  readonly countedAt: Date | null;
  readonly open: number;
  readonly orphaned: number;
  readonly others: { netns: number; at: string; intervalMs: number | null; counts: Record<string, number> | null }[];
}

/** A namespace of which nothing was told for so long, or so many of its intervals, while its host was heard has ended. */
const ENDED_SECONDS = 600;
const ENDED_INTERVALS = 5;
const IS_THERE = `netns.last_seen_at > host_latest.last_seen_at
  - greatest(make_interval(secs => ${ENDED_SECONDS}), ${ENDED_INTERVALS} * make_interval(secs => coalesce(netns.interval_ms, 0) / 1000.0))`;

/** `which`: of the namespaces besides the own one. */
const select = (which: string): string => `
  SELECT host.host_id AS "hostId", agent_id AS "agentId", hostname, cursor, run_id AS "runId", boot_id AS "bootId",
         interval_ms AS "intervalMs", clock_offset_ms AS "clockOffsetMs", last_seen_at AS "lastSeenAt",
         counted_at AS "countedAt", close_wait_open AS open, close_wait_orphaned AS orphaned, ${TCP_STATES.join(', ')},
         (SELECT coalesce(jsonb_agg(jsonb_build_object('netns', netns_id, 'at', netns.last_seen_at,
                                                       'intervalMs', netns.interval_ms, 'counts', netns.counts)), '[]')
            FROM netns WHERE netns.host_id = host.host_id AND netns_id <> 0 AND ${which}) AS others
    FROM host
    JOIN host_latest USING (host_id)`;

/** The hosts of some shards, by number; without namespaces that have ended. */
export async function readWatchedHosts(sql: Sql, shards: readonly number[]): Promise<WatchedHost[]> {
  if (shards.length === 0) return [];
  const rows = await sql.query<Row[]>(
    `${select(IS_THERE)} WHERE host.host_id % ${SHARDS} = ANY($1::integer[]) ORDER BY host.host_id`,
    [shards],
  );
  return rows.map(watchedHost);
}

/** One host, with all of its namespaces. */
export async function findWatchedHost(sql: Sql, hostId: number): Promise<WatchedHost | undefined> {
  const rows = await sql.query<Row[]>(`${select('netns.last_seen_at IS NOT NULL')} WHERE host.host_id = $1`, [hostId]);
  return rows[0] === undefined ? undefined : watchedHost(rows[0]);
}

function watchedHost(row: Row): WatchedHost {
  const own: WatchedNamespace[] =
    row.countedAt === null
      ? []
      : [
          {
            netns: 0,
            at: row.countedAt.getTime(),
            intervalMs: row.intervalMs,
            counts: Object.fromEntries(TCP_STATES.map((state) => [state, row[state]])),
            closeWait: Math.max(row.open, row.close_wait ?? 0) + row.orphaned,
          },
        ];
  const others = row.others.map(({ netns, at, intervalMs, counts }) => ({
    netns,
    at: Date.parse(at),
    intervalMs: intervalMs ?? row.intervalMs,
    counts: counts ?? {},
    closeWait: counts?.close_wait ?? 0,
  }));
  return {
    hostId: row.hostId,
    agentId: row.agentId,
    hostname: row.hostname,
    cursor: row.cursor,
    runId: row.runId,
    bootId: row.bootId,
    intervalMs: row.intervalMs,
    clockOffsetMs: row.clockOffsetMs,
    lastSeenAt: row.lastSeenAt.getTime(),
    namespaces: [...own, ...others],
  };
}
