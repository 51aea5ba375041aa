import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** A count for each state of libs/socket-states; null where it was not measured. */
const STATE_COLUMNS = [
  'listen',
  'syn_sent',
  'syn_received',
  'established',
  'fin_wait_1',
  'fin_wait_2',
  'closing',
  'time_wait',
  'close_wait',
  'last_ack',
  'closed',
  'unknown',
]
  .map((state) => `${state} integer`)
  .join(',\n      ');

/** What is known of one CLOSE_WAIT connection, open or ended. */
const LIFETIME_COLUMNS = `
      host_id integer NOT NULL,
      socket_id text NOT NULL,
      netns_id integer NOT NULL,
      transport text NOT NULL,
      local_address inet NOT NULL,
      local_port integer NOT NULL,
      peer_address inet NOT NULL,
      peer_port integer NOT NULL,
      direction text,
      opened_after timestamptz,
      opened_before timestamptz NOT NULL,
      first_seen_at timestamptz NOT NULL,
      last_seen_at timestamptz NOT NULL,
      listed_at timestamptz NOT NULL,
      valued_at timestamptz NOT NULL,
      reported_end_at timestamptz,
      reported_end_as text,
      recv_queue bigint NOT NULL,
      send_queue bigint NOT NULL,
      uid bigint,
      ownership text NOT NULL,
      owners jsonb NOT NULL`;

const STATEMENTS = [
  // Reference table: small, known to every node of a cluster.
  `CREATE TABLE host (
      host_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      agent_id uuid NOT NULL UNIQUE,
      hostname text NOT NULL,
      machine_id text NOT NULL,
      boot_id uuid NOT NULL,
      run_id uuid NOT NULL,
      run_since timestamptz NOT NULL,
      run_until timestamptz NOT NULL,
      synced_run_id uuid,
      agent_version text NOT NULL,
      kernel text NOT NULL,
      source text NOT NULL,
      capabilities jsonb NOT NULL,
      missing jsonb NOT NULL,
      clock_offset_ms double precision NOT NULL,
      interval_ms integer NOT NULL,
      labels jsonb NOT NULL DEFAULT '{}',
      first_seen_at timestamptz NOT NULL
    )`,
  `COMMENT ON COLUMN host.run_since IS 'oldest and newest (run_until) snapshot of the run that pushes now'`,
  `COMMENT ON COLUMN host.synced_run_id IS 'the run whose full set of connections is known'`,
  `CREATE TABLE netns (
      host_id integer NOT NULL,
      netns_id integer NOT NULL,
      complete_at timestamptz,
      PRIMARY KEY (host_id, netns_id)
    )`,
  `COMMENT ON COLUMN netns.complete_at IS 'newest snapshot that listed every connection'`,
  `CREATE TABLE snapshot (
      host_id integer NOT NULL,
      netns_id integer NOT NULL,
      taken_at timestamptz NOT NULL,
      interval_ms integer NOT NULL,
      run_id uuid NOT NULL,
      seq bigint NOT NULL,
      complete boolean NOT NULL,
      ${STATE_COLUMNS},
      PRIMARY KEY (host_id, netns_id, taken_at)
    ) PARTITION BY RANGE (taken_at)`,
  // Room for the new version of a row on its page: last_seen_at moves with every sample.
  `CREATE TABLE connection_open (${LIFETIME_COLUMNS},
      PRIMARY KEY (host_id, socket_id)
    ) WITH (fillfactor = 70)`,
  `COMMENT ON COLUMN connection_open.listed_at IS 'newest snapshot that lists it as open'`,
  `COMMENT ON COLUMN connection_open.valued_at IS 'snapshot from which queues and owners are'`,
  `COMMENT ON COLUMN connection_open.reported_end_at IS
      'latest end that an agent reported; without effect while it is older than last_seen_at'`,
  `CREATE TABLE connection_ended (${LIFETIME_COLUMNS},
      ended_at timestamptz NOT NULL,
      ended_as text NOT NULL,
      PRIMARY KEY (host_id, socket_id, ended_at)
    ) PARTITION BY RANGE (ended_at)`,
  `CREATE INDEX connection_ended_opened ON connection_ended (host_id, opened_before)`,
  `CREATE TABLE host_latest (
      host_id integer PRIMARY KEY,
      cursor bigint NOT NULL,
      last_seen_at timestamptz NOT NULL,
      counted_at timestamptz,
      ${STATE_COLUMNS},
      close_wait_open integer NOT NULL,
      close_wait_aged integer NOT NULL,
      close_wait_oldest_at timestamptz
    ) WITH (fillfactor = 70)`,
  `COMMENT ON COLUMN host_latest.counted_at IS 'newest snapshot of the host''s own namespace: whence the counts'`,
  `CREATE TABLE agent_token (
      agent_token_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      token_sha256 bytea NOT NULL UNIQUE,
      name text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      revoked_at timestamptz
    )`,
  `CREATE TABLE session (
      token_sha256 bytea PRIMARY KEY,
      username text NOT NULL,
      role text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz NOT NULL
    )`,
  `CREATE INDEX session_expires ON session (expires_at)`,
];

/**
 * Large tables are keyed by host_id first (ready to be distributed by it), `host` is for reference,
 * accounts local. Partitions are made by PartitionsService.
 */
export class InitialSchema1795305600000 implements MigrationInterface {
  name = 'InitialSchema1795305600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'DROP TABLE session, agent_token, host_latest, connection_ended, connection_open, snapshot, netns, host',
    );
  }
}
