import { type MigrationInterface, type QueryRunner } from 'typeorm';

const UP = [
  `ALTER TABLE connection_open ADD COLUMN details jsonb`,
  `ALTER TABLE connection_ended ADD COLUMN details jsonb`,
  `COMMENT ON COLUMN connection_open.details IS
      'bytes acknowledged, last sent, timer, accept queue: as of valued_at; null: nothing of it is known'`,
  `ALTER TABLE netns
     ADD COLUMN last_seen_at timestamptz,
     ADD COLUMN interval_ms integer,
     ADD COLUMN counts jsonb,
     ADD COLUMN named_at timestamptz,
     ADD COLUMN inode bigint,
     ADD COLUMN name text,
     ADD COLUMN container_id text`,
  `COMMENT ON COLUMN netns.counts IS 'like interval_ms of the snapshot of last_seen_at; null for the host''s own, whose counts host_latest has'`,
  `COMMENT ON COLUMN netns.named_at IS 'snapshot from which inode, name and container are'`,
  // Rows are replaced over and over, and the key never changes: room for the new version beside the old one.
  `CREATE TABLE section_latest (
      host_id integer NOT NULL,
      netns_id integer NOT NULL,
      kind text NOT NULL,
      taken_at timestamptz NOT NULL,
      run_id uuid NOT NULL,
      total integer,
      content jsonb NOT NULL,
      PRIMARY KEY (host_id, netns_id, kind)
    ) WITH (fillfactor = 70)`,
  `COMMENT ON TABLE section_latest IS 'of each section of a snapshot the newest; kernel facts one by one, as they are told'`,
  `COMMENT ON COLUMN section_latest.total IS 'how many it tells of (orphans), so that counting does not unpack the content'`,
  `CREATE TABLE agent_event (
      host_id integer NOT NULL,
      happened_at timestamptz NOT NULL,
      kind text NOT NULL,
      digest uuid NOT NULL,
      run_id uuid NOT NULL,
      content jsonb NOT NULL,
      PRIMARY KEY (host_id, happened_at, kind, digest)
    ) PARTITION BY RANGE (happened_at)`,
  `COMMENT ON COLUMN agent_event.digest IS 'of the content: two events of a kind may share an instant'`,
  `ALTER TABLE host_latest ADD COLUMN close_wait_orphaned integer NOT NULL DEFAULT 0`,
];

const DOWN = [
  `ALTER TABLE host_latest DROP COLUMN close_wait_orphaned`,
  `DROP TABLE agent_event, section_latest`,
  `ALTER TABLE netns DROP COLUMN last_seen_at, DROP COLUMN interval_ms, DROP COLUMN counts, DROP COLUMN named_at, DROP COLUMN inode,
     DROP COLUMN name, DROP COLUMN container_id`,
  `ALTER TABLE connection_ended DROP COLUMN details`,
  `ALTER TABLE connection_open DROP COLUMN details`,
];

/** Room for what snapshots tell beside counts and connections. */
export class SnapshotSections1795478400000 implements MigrationInterface {
  name = 'SnapshotSections1795478400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}
