import { type Connection, type ConnectionChange } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';
import { connectionOf, type ConnectionRow, ENDED_COLUMNS, OPEN_COLUMNS } from './connection-rows.ts';

/** Connections of one namespace of a host at two instants, milliseconds since the epoch, `a` not after `b`. */
export interface TwoInstants {
  readonly hostId: number;
  readonly netns: number;
  readonly a: number;
  readonly b: number;
}

export interface ChangesPage extends TwoInstants {
  /** Undefined: both. */
  readonly change: ConnectionChange | undefined;
  readonly after: readonly [changedAt: string, socketId: string] | undefined;
  readonly limit: number;
}

export interface Change {
  readonly change: ConnectionChange;
  readonly connection: Connection;
}

export interface ChangeCounts {
  readonly appeared: number;
  readonly vanished: number;
  readonly stayed: number;
}

/**
 * One who is there at an instant has opened_before at it or before, and has not ended by then. So between a and b: those
 * that ended between were left out of b, those that opened between were not in a. Each part is a range of its own in
 * the index and in the days that it looks at.
 */
const OF_HOST = 'host_id = $1 AND netns_id = $2';
const APPEARED = `${OF_HOST} AND opened_before > $3 AND opened_before <= $4`;
const STOOD_AT_A = `${OF_HOST} AND opened_before <= $3`;
const ENDED_BETWEEN = 'ended_at > $3 AND ended_at <= $4';

/** What changed from a to b, in the order in which it did: by opened_before of what appeared, ended_at of what vanished. */
export async function listChanges(sql: Sql, page: ChangesPage): Promise<Change[]> {
  const branch = (change: ConnectionChange, columns: string, at: string, from: string): string =>
    `(SELECT ${columns}, '${change}' AS change, ${at} AS "changedAt"
        FROM ${from} AND ($5::timestamptz IS NULL OR (${at}, socket_id) > ($5::timestamptz, $6::text))
       ORDER BY ${at}, socket_id
       LIMIT $7)`;
  const branches = [
    branch('appeared', OPEN_COLUMNS, 'opened_before', `connection_open WHERE ${APPEARED}`),
    branch('appeared', ENDED_COLUMNS, 'opened_before', `connection_ended WHERE ${APPEARED} AND ended_at > $4`),
    branch('vanished', ENDED_COLUMNS, 'ended_at', `connection_ended WHERE ${STOOD_AT_A} AND ${ENDED_BETWEEN}`),
  ].filter((_, index) => page.change === undefined || (page.change === 'vanished') === (index === 2));
  const rows = await sql.query<(ConnectionRow & { change: ConnectionChange })[]>(
    `SELECT * FROM (${branches.join('\n UNION ALL ')}) changes
      ORDER BY "changedAt", "socketId"
      LIMIT $7`,
    [...parameters(page), page.after?.[0] ?? null, page.after?.[1] ?? null, page.limit],
  );
  return rows.map((row) => ({ change: row.change, connection: connectionOf(row) }));
}

/** How many appeared, vanished and stayed from a to b. */
export async function countChanges(sql: Sql, instants: TwoInstants): Promise<ChangeCounts> {
  const count = (...froms: string[]): string =>
    froms.map((from) => `(SELECT count(*) FROM ${from})`).join(' + ') + '::bigint';
  const rows = await sql.query<Record<keyof ChangeCounts, string>[]>(
    `SELECT ${count(`connection_open WHERE ${APPEARED}`, `connection_ended WHERE ${APPEARED} AND ended_at > $4`)} AS appeared,
            ${count(`connection_ended WHERE ${STOOD_AT_A} AND ${ENDED_BETWEEN}`)} AS vanished,
            ${count(`connection_open WHERE ${STOOD_AT_A}`, `connection_ended WHERE ${STOOD_AT_A} AND ended_at > $4`)} AS stayed`,
    parameters(instants),
  );
  const { appeared = 0, vanished = 0, stayed = 0 } = rows[0] ?? {};
  return { appeared: Number(appeared), vanished: Number(vanished), stayed: Number(stayed) };
}

function parameters({ hostId, netns, a, b }: TwoInstants): unknown[] {
  return [hostId, netns, isoInstant(a), isoInstant(b)];
}
