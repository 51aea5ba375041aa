import { type Connection } from '@closewatch/protocol';
import { type AddressRange } from '@closewatch/socket-states';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';
import { connectionOf, type ConnectionRow, ENDED_COLUMNS, OPEN_COLUMNS } from './connection-rows.ts';

/** What connections must be like; all that is given. */
export interface Criteria {
  readonly peer?: AddressRange | undefined;
  readonly local?: AddressRange | undefined;
  /** Sets of terms (connection_terms, see the migration); of each set one must be there. */
  readonly terms: readonly (readonly string[])[];
  /** Undefined: all hosts. */
  readonly hostIds?: readonly number[] | undefined;
}

/**
 * Whose lifetime is looked for, milliseconds since the epoch: those that had begun by `begunBy` (null: all) and had not
 * ended at `standingAt`; null: those that stand now, and no others.
 */
export interface SearchedTime {
  readonly begunBy: number | null;
  readonly standingAt: number | null;
}

/** The last one of the page before. */
export type SearchPlace = readonly [openedBefore: string, hostId: number, socketId: string];

export interface SearchPage extends Criteria, SearchedTime {
  readonly after: SearchPlace | undefined;
  readonly limit: number;
}

export interface FoundRow {
  readonly hostId: number;
  readonly netns: number;
  readonly connection: Connection;
}

const TERMS = 'connection_terms(local_port, peer_port, owners)';

/**
 * Connections of all hosts, the newest first. Each criterion has an index, and so has the order: the planner gathers the
 * few that fit, or goes down the order until the page is full where many do.
 */
export async function searchConnections(sql: Sql, page: SearchPage): Promise<FoundRow[]> {
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const conditions = conditionsOf(page, value);
  const limit = value(page.limit);
  const order = (at: string, host: string, socket: string) =>
    `ORDER BY ${at} DESC, ${host} DESC, ${socket} DESC LIMIT ${limit}`;
  const branch = (table: string, columns: string, more: readonly string[]): string =>
    `(SELECT host_id AS "hostId", netns_id AS netns, ${columns}
        FROM ${table}
       WHERE ${[...conditions, ...more].join(' AND ') || 'true'}
       ${order('opened_before', 'host_id', 'socket_id')})`;
  const branches = [branch('connection_open', OPEN_COLUMNS, [])];
  if (page.standingAt !== null) {
    branches.push(
      branch('connection_ended', ENDED_COLUMNS, [`ended_at > ${value(isoInstant(page.standingAt))}::timestamptz`]),
    );
  }
  const rows = await sql.query<(ConnectionRow & { hostId: number; netns: number })[]>(
    `SELECT * FROM (${branches.join('\n UNION ALL ')}) found ${order('"openedBefore"', '"hostId"', '"socketId"')}`,
    values,
  );
  return rows.map((row) => ({ hostId: row.hostId, netns: row.netns, connection: connectionOf(row) }));
}

/** Only what was asked for: a condition that may be null keeps the planner from its index. */
function conditionsOf(page: SearchPage, value: (given: unknown) => string): string[] {
  const { peer, local, terms, hostIds, begunBy, after } = page;
  const within = (column: string, { first, last }: AddressRange): string =>
    first === last
      ? `${column} = ${value(first)}::inet`
      : `${column} BETWEEN ${value(first)}::inet AND ${value(last)}::inet`;
  return [
    ...(peer === undefined ? [] : [within('peer_address', peer)]),
    ...(local === undefined ? [] : [within('local_address', local)]),
    ...terms.map((anyOf) => `${TERMS} && ${value(anyOf)}::text[]`),
    ...(hostIds === undefined ? [] : [`host_id = ANY(${value(hostIds)}::integer[])`]),
    ...(begunBy === null ? [] : [`opened_before <= ${value(isoInstant(begunBy))}::timestamptz`]),
    ...(after === undefined
      ? []
      : [
          `(opened_before, host_id, socket_id)
             < (${value(after[0])}::timestamptz, ${value(after[1])}::integer, ${value(after[2])}::text)`,
        ]),
  ];
}

export interface SearchedHost {
  readonly hostId: number;
  readonly id: string;
  readonly hostname: string;
  readonly labels: Record<string, string>;
}

/** Every host, or those of an agent id or a name, whatever its case. */
export function searchedHosts(sql: Sql, host: string | undefined): Promise<SearchedHost[]> {
  return sql.query<SearchedHost[]>(
    `SELECT host_id AS "hostId", agent_id AS id, hostname, labels
       FROM host
      WHERE $1::text IS NULL OR lower(hostname) = lower($1) OR agent_id::text = lower($1)`,
    [host ?? null],
  );
}
