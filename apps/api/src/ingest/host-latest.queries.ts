import { AGED_SECONDS } from '@closewatch/protocol';
import { TCP_STATES } from '@closewatch/socket-states';
import { type Sql } from '../database/data-source.ts';
import { type HostNews } from './host-news.ts';
import { StaleHostError } from './host-record.ts';
import { instantArray, plainArray } from './plain-array.ts';

/** The open connections of a host: of all its namespaces, and in CLOSE_WAIT in its own. */
export interface OpenConnections {
  readonly hostId: number;
  readonly connections: number;
  readonly open: number;
  readonly aged: number;
  readonly oldestAt: Date | null;
}

/** Counts open connections; aged are those that had waited long at the instant of the host's counts (null: none). */
export async function countOpenConnections(
  sql: Sql,
  hosts: readonly { readonly hostId: number; readonly countedAt: number | null }[],
): Promise<Map<number, OpenConnections>> {
  if (hosts.length === 0) return new Map();
  const rows = await sql.query<OpenConnections[]>(
    `SELECT told.host_id AS "hostId", waiting.*
       FROM unnest($1::integer[], $2::timestamptz[]) AS told (host_id, counted_at)
      CROSS JOIN LATERAL (
        SELECT count(*)::integer AS connections,
               (count(*) FILTER (WHERE netns_id = 0))::integer AS open,
               (count(*) FILTER (WHERE netns_id = 0
                                   AND opened_before <= told.counted_at - make_interval(secs => $3)))::integer AS aged,
               min(opened_before) FILTER (WHERE netns_id = 0) AS "oldestAt"
          FROM connection_open
         WHERE connection_open.host_id = told.host_id
      ) waiting`,
    [
      plainArray(hosts.map(({ hostId }) => hostId)),
      instantArray(hosts.map(({ countedAt }) => countedAt)),
      AGED_SECONDS,
    ],
  );
  return new Map(rows.map((row) => [row.hostId, row]));
}

/** How many orphans the agent of each host tells of. Those of an earlier run are not known to be there still. */
export async function countOrphans(sql: Sql, hostIds: readonly number[]): Promise<Map<number, number>> {
  if (hostIds.length === 0) return new Map();
  const rows = await sql.query<{ hostId: number; total: number }[]>(
    `SELECT host.host_id AS "hostId", coalesce(orphans.total, 0) AS total
       FROM host
       LEFT JOIN section_latest orphans ON orphans.host_id = host.host_id AND orphans.netns_id = 0
                                       AND orphans.kind = 'orphans' AND orphans.run_id = host.run_id
      WHERE host.host_id = ANY($1::integer[])`,
    [plainArray(hostIds)],
  );
  return new Map(rows.map(({ hostId, total }) => [hostId, total]));
}

/** A row of host_latest as it is to become; what is null stays as it is. */
export interface LatestChange extends HostNews {
  /** What it was read as; null: there is no row yet. */
  readonly cursor: number | null;
  readonly waiting: Omit<OpenConnections, 'hostId' | 'connections'> | null;
  readonly orphaned: number | null;
}

const STATES = TCP_STATES.join(', ');

const NEWS = `unnest($1::integer[], $2::bigint[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[],
                   $6::integer[], $7::integer[], $8::timestamptz[], $9::integer[],
                   ${TCP_STATES.map((_, index) => `$${index + 10}::integer[]`).join(', ')})
         AS news (host_id, cursor, seen_at, complete_at, counted_at, open, aged, oldest_at, orphaned, ${STATES})`;

const UPDATE = `
  UPDATE host_latest latest
     SET cursor = latest.cursor + 1,
         last_seen_at = greatest(latest.last_seen_at, news.seen_at),
         complete_at = greatest(latest.complete_at, news.complete_at),
         counted_at = coalesce(news.counted_at, latest.counted_at),
         ${TCP_STATES.map((state) => `${state} = CASE WHEN news.counted_at IS NULL THEN latest.${state} ELSE news.${state} END`).join(',\n         ')},
         close_wait_open = coalesce(news.open, latest.close_wait_open),
         close_wait_aged = coalesce(news.aged, latest.close_wait_aged),
         close_wait_oldest_at = CASE WHEN news.open IS NULL THEN latest.close_wait_oldest_at ELSE news.oldest_at END,
         close_wait_orphaned = coalesce(news.orphaned, latest.close_wait_orphaned)
    FROM ${NEWS}
   WHERE latest.host_id = news.host_id AND latest.cursor = news.cursor`;

const INSERT = `
  INSERT INTO host_latest (host_id, cursor, last_seen_at, complete_at, counted_at, close_wait_open, close_wait_aged,
                           close_wait_oldest_at, close_wait_orphaned, ${STATES})
  SELECT host_id, 1, seen_at, complete_at, counted_at, coalesce(open, 0), coalesce(aged, 0), oldest_at,
         coalesce(orphaned, 0), ${STATES}
    FROM ${NEWS}
  ON CONFLICT DO NOTHING
  RETURNING host_id`;

/**
 * Moves host_latest forward, one row a host, in the order of host_id. Throws {@link StaleHostError} when another server
 * has written one of them since it was read: the transaction must then be undone.
 */
export async function moveHostLatest(sql: Sql, changes: readonly LatestChange[]): Promise<void> {
  const [known, added] = [
    changes.filter(({ cursor }) => cursor !== null),
    changes.filter(({ cursor }) => cursor === null),
  ];
  if (known.length > 0) {
    const [, updated] = await sql.query<[unknown, number]>(UPDATE, columns(known));
    if (updated !== known.length) throw new StaleHostError();
  }
  if (added.length > 0) {
    const inserted = await sql.query<unknown[]>(INSERT, columns(added));
    if (inserted.length !== added.length) throw new StaleHostError();
  }
}

function columns(changes: readonly LatestChange[]): string[] {
  return [
    plainArray(changes.map(({ hostId }) => hostId)),
    plainArray(changes.map(({ cursor }) => cursor)),
    instantArray(changes.map(({ seenAt }) => seenAt)),
    instantArray(changes.map(({ completeAt }) => completeAt)),
    instantArray(changes.map(({ counted }) => counted?.at ?? null)),
    plainArray(changes.map(({ waiting }) => waiting?.open ?? null)),
    plainArray(changes.map(({ waiting }) => waiting?.aged ?? null)),
    instantArray(changes.map(({ waiting }) => waiting?.oldestAt?.getTime() ?? null)),
    plainArray(changes.map(({ orphaned }) => orphaned)),
    ...TCP_STATES.map((state) => plainArray(changes.map(({ counted }) => counted?.counts[state] ?? null))),
  ];
}
