import { type QueryRunner } from 'typeorm';
import { type Sql } from '../database/data-source.ts';
import { type Backfill, requireBackfilled } from '../database/upgrades/backfill.ts';
import { indexConcurrently } from '../database/upgrades/concurrent-index.ts';
import { ForwardMigration } from '../database/upgrades/forward-migration.ts';
import { quickDdl } from '../database/upgrades/quick-ddl.ts';

/** An upgrade of a real shape, for tests: a column of the two busiest tables is taken over by another of another type. */

const EXAMPLE_BACKFILL = 'example-interval-seconds';

export class ExampleExpand1899999000000 extends ForwardMigration {
  override readonly name = 'ExampleExpand1899999000000';

  override up(queryRunner: QueryRunner): Promise<void> {
    return quickDdl(queryRunner, [
      'ALTER TABLE snapshot ADD COLUMN interval_seconds double precision',
      'ALTER TABLE host_latest ADD COLUMN seen_seconds double precision NOT NULL DEFAULT 0',
    ]);
  }
}

export class ExampleIndex1899999100000 extends ForwardMigration {
  override readonly name = 'ExampleIndex1899999100000';
  readonly transaction = false;

  override up(queryRunner: QueryRunner): Promise<void> {
    return indexConcurrently(queryRunner, {
      name: 'example_run',
      table: 'snapshot',
      on: '(host_id, run_id, taken_at)',
    });
  }
}

export const exampleBackfill: Backfill = {
  name: EXAMPLE_BACKFILL,
  batch: async (sql: Sql, after) => {
    const rows = await sql.query<{ last: string | null }[]>(
      `WITH batch AS (
         SELECT host_id, netns_id, taken_at FROM snapshot
          WHERE ($1::text IS NULL OR taken_at > $1::timestamptz) ORDER BY taken_at FETCH FIRST 200 ROWS WITH TIES),
       filled AS (
         UPDATE snapshot SET interval_seconds = interval_ms / 1000.0 FROM batch
          WHERE (snapshot.host_id, snapshot.netns_id, snapshot.taken_at) = (batch.host_id, batch.netns_id, batch.taken_at))
       SELECT max(taken_at)::text AS last FROM batch`,
      [after],
    );
    return rows[0]?.last ?? null;
  },
};

export class ExampleContract1899999200000 extends ForwardMigration {
  override readonly name = 'ExampleContract1899999200000';
  override readonly step = 'contract';

  override async up(queryRunner: QueryRunner): Promise<void> {
    await requireBackfilled(queryRunner, EXAMPLE_BACKFILL);
    await quickDdl(queryRunner, ['ALTER TABLE host_latest DROP COLUMN seen_seconds']);
  }
}
