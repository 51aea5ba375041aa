import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The statements that a migration would run; none is run, and each answers without rows. */
export async function statementsOf(migration: MigrationInterface): Promise<string[]> {
  const statements: string[] = [];
  const runner: Pick<QueryRunner, 'query'> = {
    query: <Rows>(text: string): Promise<Rows> => {
      statements.push(text);
      return Promise.resolve([] as Rows);
    },
  };
  await migration.up(runner as QueryRunner);
  return statements;
}
