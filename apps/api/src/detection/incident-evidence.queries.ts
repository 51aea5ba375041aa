import { type Connection } from '@closewatch/protocol';
import { type LeakSubject } from '@closewatch/socket-states';
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

const OF_KEY = `
  SELECT open.*, host(peer_address) AS peer_text
    FROM connection_open open
   CROSS JOIN LATERAL (SELECT ${SUBJECT_COLUMNS}) subject
   WHERE host_id = $1 AND netns_id = $2 AND open.direction IS NOT DISTINCT FROM $3 AND subject.port = $4
     AND subject.address IS NOT DISTINCT FROM $5 AND subject.ownership = $6 AND subject.executable IS NOT DISTINCT FROM $7
     AND subject.unit IS NOT DISTINCT FROM $8 AND subject.container IS NOT DISTINCT FROM $9`;

/** Reads what is kept of them in an incident: at most `items` connections and as many addresses. */
export async function readLeakedConnections(
  sql: Sql,
  hostId: number,
  { netns, service, ownership, direction, endpoint }: LeakSubject,
  items: number,
): Promise<LeakedConnections> {
  const key = [hostId, netns, direction, endpoint.port, endpoint.address, ownership];
  const names = service === null ? [null, null, null] : [service.executable, service.unit, service.containerId];
  const values = [...key, ...names, items];
  const rows = await sql.query<ConnectionRow[]>(
    `SELECT ${OPEN_COLUMNS} FROM (${OF_KEY}) open ORDER BY opened_before, socket_id LIMIT $10`,
    values,
  );
  const peers = await sql.query<{ address: string; count: number; total: number; addresses: number }[]>(
    `SELECT peer_text AS address, count(*)::integer AS count, (sum(count(*)) OVER ())::integer AS total,
            (count(*) OVER ())::integer AS addresses
       FROM (${OF_KEY}) open
      GROUP BY peer_text
      ORDER BY count(*) DESC, peer_text
      LIMIT $10`,
    values,
  );
  return {
    total: peers[0]?.total ?? 0,
    oldest: rows.map(connectionOf),
    peers: peers.map(({ address, count }) => ({ address, count })),
    addresses: peers[0]?.addresses ?? 0,
  };
}
