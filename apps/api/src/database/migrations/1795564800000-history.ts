import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Samples of sections that have a history, each kept as its JSON until they are packed. */
const SAMPLES = ['process', 'port'];

const STATEMENTS = [
  `CREATE TABLE packing (
      single_row boolean PRIMARY KEY DEFAULT true CHECK (single_row),
      closed_until timestamptz NOT NULL,
      packed_until timestamptz NOT NULL
    )`,
  `COMMENT ON TABLE packing IS 'how far packing has come: one row, whole hours'`,
  `COMMENT ON COLUMN packing.closed_until IS
      'what was taken before arrives late: it goes to the tables named so. Moved under an advisory lock that ingest shares'`,
  `COMMENT ON COLUMN packing.packed_until IS
      'hours before are read from packs (and late ones), hours from it on from rows. Never after closed_until'`,
  `INSERT INTO packing (closed_until, packed_until)
      SELECT oldest, oldest
        FROM (SELECT date_trunc('hour', coalesce(min(taken_at), now() - interval '1 hour')) AS oldest FROM snapshot) known`,
  `CREATE TABLE snapshot_late (LIKE snapshot INCLUDING DEFAULTS, PRIMARY KEY (host_id, netns_id, taken_at))`,
  `CREATE TABLE snapshot_pack (
      host_id integer NOT NULL,
      netns_id integer NOT NULL,
      hour timestamptz NOT NULL,
      samples integer NOT NULL,
      run_ids uuid[] NOT NULL,
      content bytea NOT NULL,
      PRIMARY KEY (host_id, netns_id, hour)
    ) PARTITION BY RANGE (hour)`,
  `COMMENT ON TABLE snapshot_pack IS 'the snapshots of an hour; content as apps/api/src/packing/snapshot-pack.ts writes it'`,
  // It is compressed already.
  `ALTER TABLE snapshot_pack ALTER COLUMN content SET STORAGE EXTERNAL`,
  `CREATE TABLE snapshot_rollup (
      host_id integer NOT NULL,
      netns_id integer NOT NULL,
      hour timestamptz NOT NULL,
      samples integer NOT NULL,
      measured integer[] NOT NULL,
      least integer[] NOT NULL,
      mean double precision[] NOT NULL,
      greatest integer[] NOT NULL,
      PRIMARY KEY (host_id, netns_id, hour)
    ) PARTITION BY RANGE (hour)`,
  `COMMENT ON TABLE snapshot_rollup IS 'an hour of counts; arrays in the order of TCP_STATES; measured: samples that counted the state'`,
  ...SAMPLES.flatMap((kind) => [
    `CREATE TABLE ${kind}_sample (
        host_id integer NOT NULL,
        netns_id integer NOT NULL,
        taken_at timestamptz NOT NULL,
        content jsonb NOT NULL,
        PRIMARY KEY (host_id, netns_id, taken_at)
      ) PARTITION BY RANGE (taken_at)`,
    `CREATE TABLE ${kind}_late (LIKE ${kind}_sample, PRIMARY KEY (host_id, netns_id, taken_at))`,
    `CREATE TABLE ${kind}_pack (
        host_id integer NOT NULL,
        netns_id integer NOT NULL,
        hour timestamptz NOT NULL,
        samples integer NOT NULL,
        content bytea NOT NULL,
        PRIMARY KEY (host_id, netns_id, hour)
      ) PARTITION BY RANGE (hour)`,
    `ALTER TABLE ${kind}_pack ALTER COLUMN content SET STORAGE EXTERNAL`,
  ]),
  `CREATE TABLE retention (
      kind text PRIMARY KEY,
      keep_days integer NOT NULL CHECK (keep_days BETWEEN 1 AND 3650),
      changed_at timestamptz NOT NULL DEFAULT now()
    )`,
  `COMMENT ON TABLE retention IS 'what somebody has set; a kind without a row is kept as long as its default says'`,
];

/** History: hot rows, packs of an hour, rollups; what arrives late waits beside them (docs/adr/0021). */
export class History1795564800000 implements MigrationInterface {
  name = 'History1795564800000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `DROP TABLE packing, snapshot_late, snapshot_pack, snapshot_rollup, retention,
         ${SAMPLES.map((kind) => `${kind}_sample, ${kind}_late, ${kind}_pack`).join(', ')}`,
    );
  }
}
