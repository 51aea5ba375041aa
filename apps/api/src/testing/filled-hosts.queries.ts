import { type Sql } from '../database/data-source.ts';
import { INTERVAL_MS } from './filled-hours.ts';

/** Hosts from host_id 1 on, in an empty database; each was seen `from` (milliseconds) on. Returns their ids by host_id. */
export async function fillHosts(sql: Sql, hosts: number, from: number): Promise<Map<number, string>> {
  await sql.query(
    `INSERT INTO host (agent_id, hostname, machine_id, boot_id, run_id, run_since, run_until, agent_version, kernel, source,
                       capabilities, missing, clock_offset_ms, interval_ms, first_seen_at)
     SELECT gen_random_uuid(), 'bench-' || lpad(i::text, 5, '0'), md5(i::text), gen_random_uuid(), gen_random_uuid(), $2, now(),
            '0.1.0', 'Linux 6.18.0', 'netlink', '[]', '[]', 0, ${INTERVAL_MS}, $2
       FROM generate_series(1, $1::integer) AS i`,
    [hosts, new Date(from)],
  );
  await sql.query(
    `INSERT INTO host_latest (host_id, cursor, last_seen_at, counted_at, close_wait_open, close_wait_aged)
     SELECT host_id, 1, now(), now(), 0, 0 FROM host`,
  );
  const rows = await sql.query<{ hostId: number; id: string }[]>(
    'SELECT host_id AS "hostId", agent_id AS id FROM host',
  );
  return new Map(rows.map(({ hostId, id }) => [hostId, id]));
}

/**
 * Connections that were in CLOSE_WAIT between two instants (milliseconds), or are: a tenth of them on host 1. Nine in ten last ten
 * minutes on average, the tenth a day. Peers are of 198.18.0.0/16 (RFC 2544), twenty thousand different ones.
 */
export async function fillLifetimes(
  sql: Sql,
  lifetimes: number,
  hosts: number,
  from: number,
  to: number,
): Promise<void> {
  const columns = `host_id, socket_id, netns_id, transport, local_address, local_port, peer_address, peer_port, direction,
    opened_after, opened_before, first_seen_at, last_seen_at, listed_at, valued_at, recv_queue, send_queue, uid, ownership, owners`;
  await sql.query('SELECT setseed(0.4)');
  await sql.query(
    `CREATE TEMPORARY TABLE filled AS
     SELECT CASE WHEN random() < 0.1 THEN 1 ELSE 1 + floor(random() * $2::integer)::integer END AS host_id,
            'bench-socket-' || i AS socket_id, 0 AS netns_id, 'tcp' AS transport, '10.0.0.1'::inet AS local_address,
            8080 AS local_port, '198.18.0.0'::inet + (i % 20000) AS peer_address, 1024 + i % 60000 AS peer_port,
            'inbound' AS direction, opened - interval '5 s' AS opened_after, opened AS opened_before, opened AS first_seen_at,
            least(ended, $4) AS last_seen_at, least(ended, $4) AS listed_at, opened AS valued_at, 1::bigint AS recv_queue,
            0::bigint AS send_queue, 1000::bigint AS uid, 'known' AS ownership,
            jsonb_build_array(jsonb_build_object('pid', 1000 + i % 50, 'startedAt', '2026-01-01T00:00:00.000Z', 'executable',
              '/usr/bin/service-' || i % 50, 'command', 'service-' || i % 50 || ' --listen', 'descriptor', i % 1000)) AS owners,
            ended
       FROM (SELECT i, opened,
                    opened - ln(1 - random()) * (CASE WHEN random() < 0.1 THEN interval '1 day' ELSE interval '10 min' END) AS ended
               FROM (SELECT i, $3::timestamptz + random() * ($4::timestamptz - $3::timestamptz) AS opened
                       FROM generate_series(1, $1::integer) AS i) begun) lived
      ORDER BY ended`,
    [lifetimes, hosts, new Date(from), new Date(to)],
  );
  await sql.query(
    `INSERT INTO connection_ended (${columns}, ended_at, ended_as) SELECT ${columns}, ended, 'closed' FROM filled WHERE ended < $1`,
    [new Date(to)],
  );
  await sql.query(`INSERT INTO connection_open (${columns}) SELECT ${columns} FROM filled WHERE ended >= $1`, [
    new Date(to),
  ]);
  await sql.query('DROP TABLE filled');
}

/** Does something to tables while they have no indexes but their keys, which are made again: a third of the time for a million rows. */
export async function withoutIndexes(sql: Sql, tables: readonly string[], fill: () => Promise<void>): Promise<void> {
  const indexes = await sql.query<{ name: string; definition: string }[]>(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
      WHERE tablename = ANY($1) AND schemaname = current_schema() AND indexname NOT LIKE '%\\_pkey'`,
    [tables],
  );
  for (const { name } of indexes) await sql.query(`DROP INDEX ${name}`);
  await fill();
  await sql.query(`SET maintenance_work_mem = '256MB'`);
  // Of a partitioned table it is said without its partitions.
  for (const { definition } of indexes) await sql.query(definition.replace(' ON ONLY ', ' ON '));
}
