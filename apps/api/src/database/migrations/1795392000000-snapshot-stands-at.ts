import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Room for what a snapshot stands for where its clock was ahead of ours; null, and so without cost, elsewhere. */
export class SnapshotStandsAt1795392000000 implements MigrationInterface {
  name = 'SnapshotStandsAt1795392000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE snapshot ADD COLUMN stands_at timestamptz');
    await queryRunner.query(
      `COMMENT ON COLUMN snapshot.stands_at IS
         'when it came, if taken_at was later than that: its contents stand for this instant; null: for taken_at'`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE snapshot DROP COLUMN stands_at');
  }
}
