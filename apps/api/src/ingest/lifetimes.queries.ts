import { type Sql } from '../database/data-source.ts';
import { type Lifetime } from './lifetime.ts';

export interface LifetimeRow {
  readonly hostId: number;
  readonly lifetime: Lifetime;
}

/** What both tables of lifetimes have. */
export const COLUMNS = `host_id, socket_id, netns_id, transport, local_address, local_port, peer_address, peer_port, direction,
       opened_after, opened_before, first_seen_at, last_seen_at, listed_at, valued_at, reported_end_at,
       reported_end_as, recv_queue, send_queue, uid, ownership, owners, details`;

/** Columns that come from whichever account is newer. */
const VALUES = [
  'netns_id',
  'transport',
  'local_address',
  'local_port',
  'peer_address',
  'peer_port',
  'direction',
  'recv_queue',
  'send_queue',
  'uid',
  'ownership',
  'owners',
  'details',
  'valued_at',
];

/** Merges what a push says into the open connections, by least and greatest. One row a connection. */
export async function mergeLifetimes(sql: Sql, rows: readonly LifetimeRow[]): Promise<void> {
  if (rows.length === 0) return;
  // Owners that are the same stay as they lie: long ones would be stored again, and every index be told (not HOT).
  const newest = (column: string) => `${column} = CASE WHEN (excluded.last_seen_at, excluded.valued_at)
                   > (open.last_seen_at, open.valued_at)${column === 'owners' ? ' AND excluded.owners <> open.owners' : ''}
                 THEN excluded.${column} ELSE open.${column} END`;
  const latestEnd = (column: string) => `${column} = CASE WHEN open.reported_end_at IS NULL
                   OR (excluded.reported_end_at, excluded.reported_end_as) > (open.reported_end_at, open.reported_end_as)
                 THEN excluded.${column} ELSE open.${column} END`;
  await sql.query(
    `INSERT INTO connection_open AS open (${COLUMNS})
     SELECT *
       FROM unnest($1::integer[], $2::text[], $3::integer[], $4::text[], $5::inet[], $6::integer[], $7::inet[],
                   $8::integer[], $9::text[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[],
                   $13::timestamptz[], $14::timestamptz[], $15::timestamptz[], $16::timestamptz[], $17::text[],
                   $18::bigint[], $19::bigint[], $20::bigint[], $21::text[], $22::jsonb[], $23::jsonb[])
     ON CONFLICT (host_id, socket_id) DO UPDATE
        -- least() would take the other bound for one that is not known.
        SET opened_after = CASE WHEN coalesce(open.opened_after, excluded.opened_after) IS NOT NULL
                           THEN least(greatest(open.opened_after, excluded.opened_after),
                                      open.opened_before, excluded.opened_before) END,
            opened_before = least(open.opened_before, excluded.opened_before),
            first_seen_at = least(open.first_seen_at, excluded.first_seen_at),
            last_seen_at = greatest(open.last_seen_at, excluded.last_seen_at),
            listed_at = greatest(open.listed_at, excluded.listed_at),
            ${latestEnd('reported_end_at')},
            ${latestEnd('reported_end_as')},
            ${VALUES.map(newest).join(',\n            ')}`,
    lifetimeColumns(rows),
  );
}

function lifetimeColumns(rows: readonly LifetimeRow[]): unknown[] {
  const column = <Value>(of: (lifetime: Lifetime) => Value): Value[] => rows.map(({ lifetime }) => of(lifetime));
  const instants = (of: (lifetime: Lifetime) => number | null): (string | null)[] =>
    column((lifetime) => {
      const at = of(lifetime);
      return at === null ? null : new Date(at).toISOString();
    });
  return [
    rows.map(({ hostId }) => hostId),
    column(({ socketId }) => socketId),
    column(({ netns }) => netns),
    column(({ transport }) => transport),
    column(({ local }) => local.address),
    column(({ local }) => local.port),
    column(({ peer }) => peer.address),
    column(({ peer }) => peer.port),
    column(({ direction }) => direction),
    instants(({ openedAfter }) => openedAfter),
    instants(({ openedBefore }) => openedBefore),
    instants(({ firstSeenAt }) => firstSeenAt),
    instants(({ lastSeenAt }) => lastSeenAt),
    instants(({ listedAt }) => listedAt),
    instants(({ valuedAt }) => valuedAt),
    instants(({ reportedEndAt }) => reportedEndAt),
    column(({ reportedEndAs }) => reportedEndAs),
    column(({ recvQueue }) => recvQueue),
    column(({ sendQueue }) => sendQueue),
    column(({ uid }) => uid),
    column(({ ownership }) => ownership),
    column(({ owners }) => JSON.stringify(owners)),
    column(({ details }) => (details === null ? null : JSON.stringify(details))),
  ];
}
