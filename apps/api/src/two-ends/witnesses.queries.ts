import { type FinWaits, type Ports } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';
import { plainArray } from '../ingest/plain-array.ts';
import { isoInstant } from '../time/clock.ts';
import { type AskedTuple, type Tuple } from './witness.ts';

/** One network namespace of a host. */
export interface HostNamespace {
  readonly hostId: number;
  readonly netns: number;
}

/** A namespace that has an address. */
export interface Place extends HostNamespace {
  readonly address: string;
}

/** The newest ended connections of an address tell whose it is. */
const NEWEST_ENDED = 100;

/**
 * The namespaces that have some of these addresses, by what they told: closing sockets, destinations that they dial, and
 * connections, ended ones or such that mirror the asked ones. `own`: the addresses of those who ask.
 */
export function findPlaces(sql: Sql, addresses: readonly string[], own: readonly string[]): Promise<Place[]> {
  const told = (kind: string, path: string): string =>
    `SELECT host_id AS "hostId", netns_id AS netns, told.address #>> '{}' AS address
       FROM section_latest, jsonb_path_query(content, '${path}') AS told (address)
      WHERE kind = '${kind}' AND told.address #>> '{}' = ANY($1::text[])`;
  return sql.query<Place[]>(
    `${told('finWaits', '$.*.items[*].local.address')}
      UNION
     ${told('ports', '$.destinations[*].localAddress')}
      UNION
     SELECT host_id, netns_id, host(local_address)
       FROM connection_open
      WHERE peer_address = ANY($2::inet[]) AND local_address = ANY($1::inet[])
      UNION
     SELECT ended.host_id, ended.netns_id, asked.address
       FROM unnest($1::text[]) AS asked (address)
      CROSS JOIN LATERAL (SELECT host_id, netns_id
                            FROM connection_ended
                           WHERE local_address = asked.address::inet
                           ORDER BY opened_before DESC
                           LIMIT $3) ended`,
    [addresses, own, NEWEST_ENDED],
  );
}

/** A connection in CLOSE_WAIT whose addresses and ports are those of an asked one, mirrored. */
export interface Mirror extends HostNamespace {
  readonly tuple: Tuple;
  readonly lastSeenAt: Date;
}

export async function findMirrors(sql: Sql, asked: readonly AskedTuple[]): Promise<Mirror[]> {
  const rows = await sql.query<(HostNamespace & { index: number; lastSeenAt: Date })[]>(
    `SELECT open.host_id AS "hostId", open.netns_id AS netns, asked.index::integer - 1 AS index,
            open.last_seen_at AS "lastSeenAt"
       FROM unnest($1::inet[], $2::integer[], $3::inet[], $4::integer[])
            WITH ORDINALITY AS asked (local_address, local_port, peer_address, peer_port, index)
       JOIN connection_open open
         ON open.peer_address = asked.local_address AND open.peer_port = asked.local_port
        AND open.local_address = asked.peer_address AND open.local_port = asked.peer_port`,
    [
      asked.map(({ local }) => local.address),
      plainArray(asked.map(({ local }) => local.port)),
      asked.map(({ peer }) => peer.address),
      plainArray(asked.map(({ peer }) => peer.port)),
    ],
  );
  return rows.flatMap(({ hostId, netns, index, lastSeenAt }) => {
    const of = asked[index];
    return of === undefined ? [] : [{ hostId, netns, tuple: { local: of.peer, peer: of.local }, lastSeenAt }];
  });
}

export interface WitnessHost {
  readonly hostId: number;
  readonly id: string;
  readonly hostname: string;
  readonly labels: Record<string, string>;
}

export function readWitnessHosts(sql: Sql, hostIds: readonly number[]): Promise<WitnessHost[]> {
  return sql.query<WitnessHost[]>(
    `SELECT host_id AS "hostId", agent_id AS id, hostname, labels FROM host WHERE host_id = ANY($1::integer[])`,
    [plainArray(hostIds)],
  );
}

export type WitnessSection = HostNamespace & { readonly takenAt: Date } & (
    { readonly kind: 'finWaits'; readonly content: FinWaits } | { readonly kind: 'ports'; readonly content: Ports }
  );

/** What hosts told last of their closing sockets and of the ports they use, all namespaces. */
export function readWitnessSections(sql: Sql, hostIds: readonly number[]): Promise<WitnessSection[]> {
  return sql.query<WitnessSection[]>(
    `SELECT host_id AS "hostId", netns_id AS netns, taken_at AS "takenAt", kind, content
       FROM section_latest
      WHERE host_id = ANY($1::integer[]) AND kind IN ('finWaits', 'ports')`,
    [plainArray(hostIds)],
  );
}

/** A peer that came longer ago need not come again. */
const LATELY_MS = 10 * 60_000;

/** Places of the asked connections (from 0) that another of the same ends, but for the peer's port, came after lately. */
export async function findFollowed(
  sql: Sql,
  { hostId, netns }: HostNamespace,
  asked: readonly AskedTuple[],
  now: number,
): Promise<Set<number>> {
  const rows = await sql.query<{ index: number }[]>(
    `SELECT asked.index::integer - 1 AS index
       FROM unnest($3::inet[], $4::integer[], $5::inet[], $6::timestamptz[])
            WITH ORDINALITY AS asked (local_address, local_port, peer_address, opened_before, index)
      WHERE EXISTS (SELECT FROM connection_open open
                     WHERE open.host_id = $1 AND open.netns_id = $2 AND open.peer_address = asked.peer_address
                       AND open.local_address = asked.local_address AND open.local_port = asked.local_port
                       AND open.opened_before > greatest(asked.opened_before, $7::timestamptz))`,
    [
      hostId,
      netns,
      asked.map(({ local }) => local.address),
      plainArray(asked.map(({ local }) => local.port)),
      asked.map(({ peer }) => peer.address),
      asked.map(({ openedBefore }) => isoInstant(openedBefore)),
      isoInstant(now - LATELY_MS),
    ],
  );
  return new Set(rows.map(({ index }) => index));
}
