import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * A step of the schema, forward only: what an older release still needs stays until a later one (docs/upgrades.md). The name of
 * the class ends with its instant, which is its place in the order.
 */
export abstract class ForwardMigration implements MigrationInterface {
  abstract readonly name: string;
  /** `contract` takes something away that no supported release reads or writes any more; checked by migration-rules.spec.ts. */
  readonly step: 'expand' | 'contract' = 'expand';

  abstract up(queryRunner: QueryRunner): Promise<void>;

  down(): Promise<void> {
    return Promise.reject(
      new Error(
        `${this.name} cannot be taken back: migrations go forward only. Restore the backup made before the upgrade.`,
      ),
    );
  }
}
