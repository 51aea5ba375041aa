import { type QueryRunner } from 'typeorm';
import { ForwardMigration } from '../upgrades/forward-migration.ts';
import { quickDdl } from '../upgrades/quick-ddl.ts';

/** Where the backfills of upgrades stand (docs/adr/0029). */
export class Backfills1795582800000 extends ForwardMigration {
  override readonly name = 'Backfills1795582800000';

  override async up(queryRunner: QueryRunner): Promise<void> {
    await quickDdl(queryRunner, [
      `CREATE TABLE backfill (
         name text PRIMARY KEY,
         filled_until text,
         done_at timestamptz
       )`,
      `COMMENT ON TABLE backfill IS 'how far what earlier releases wrote has been filled with what this one writes'`,
    ]);
  }
}
