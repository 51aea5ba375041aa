import { type Connection } from '@closewatch/protocol';
import { lastingUnit, type LeakSubject } from '@closewatch/socket-states';
import { connectionOf, type ConnectionRow, OPEN_COLUMNS } from '../connections/connection-rows.ts';
import { type Sql } from '../database/data-source.ts';
import { SUBJECT_COLUMNS } from './leak-subject.ts';

/** The CLOSE_WAIT connections of one leak key. */
export interface LeakedConnections {
  readonly total: number;
  /** Those that have waited longest. */
  readonly oldest: readonly Connection[];
  /** Addresses with most of them first, and how many addresses there are. */
  readonly peers: readonly { readonly address: string; readonly count: number }[];
  readonly addresses: number;
}

interface Peers {
  readonly total: number;
  readonly addresses: number;
  readonly items: LeakedConnections['peers'];
}

const OF_KEY = `
  SELECT open.*, host(peer_address) AS peer_text
    FROM connection_open open
   CROSS JOIN LATERAL (SELECT ${SUBJECT_COLUMNS}) subject
   WHERE host_id = $1 AND netns_id = $2 AND open.direction IS NOT DISTINCT FROM $3 AND subject.port = $4
     AND ($5::text IS NULL OR subject.address = $5) AND subject.ownership = $6 AND subject.executable IS NOT DISTINCT FROM $7
     AND (CASE WHEN subject.unit LIKE '%.service' THEN subject.unit END) IS NOT DISTINCT FROM $8 AND subject.container IS NOT DISTINCT FROM $9`;

/** Reads what is kept of them in an incident: at most `items` connections and as many addresses. */
export async function readLeakedConnections(
  sql: Sql,
  hostId: number,
  { netns, service, ownership, direction, endpoint }: LeakSubject,
  items: number,
): Promise<LeakedConnections> {
  const key = [hostId, netns, direction, endpoint.port, endpoint.address, ownership];
  const names =
    service === null ? [null, null, null] : [service.executable, lastingUnit(service.unit), service.containerId];
  // One pass over the host's open connections: they may be many thousands.
  const rows = await sql.query<(ConnectionRow & { peers: Peers })[]>(
    `WITH open AS MATERIALIZED (${OF_KEY}),
          peer AS (SELECT peer_text AS address, count(*)::integer AS count FROM open GROUP BY peer_text)
     SELECT ${OPEN_COLUMNS},
            (SELECT jsonb_build_object('total', sum(count), 'addresses', count(*)) FROM peer)
            || jsonb_build_object('items', ARRAY(SELECT to_jsonb(peer) FROM peer ORDER BY count DESC, address LIMIT $10))
            AS peers
       FROM open
      ORDER BY opened_before, socket_id
      LIMIT $10`,
    [...key, ...names, items],
  );
  const { total = 0, addresses = 0, items: peers = [] } = rows[0]?.peers ?? {};
  return { total, oldest: rows.map(connectionOf), peers, addresses };
}
