import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * What every push of a host moves is one row of its own, host_latest: it now has the newest complete snapshot of the
 * host's own namespace, too, and `host` is written only when something about the host changes.
 */
export class OwnCompleteness1795579200000 implements MigrationInterface {
  name = 'OwnCompleteness1795579200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE host_latest ADD COLUMN complete_at timestamptz');
    await queryRunner.query(
      `UPDATE host_latest SET complete_at = netns.complete_at
         FROM netns WHERE netns.host_id = host_latest.host_id AND netns.netns_id = 0`,
    );
    await queryRunner.query(
      `COMMENT ON COLUMN host_latest.complete_at IS
         'newest snapshot of the host''s own namespace that listed every connection; of the others: netns.complete_at'`,
    );
    await queryRunner.query(
      `COMMENT ON COLUMN host.run_until IS 'as of the last change of this row; host_latest.last_seen_at goes on'`,
    );
  }

  down(): Promise<void> {
    return Promise.reject(new Error('Migrations go forward only: restore a backup to go back.'));
  }
}
