import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { committedFile } from '../testing/committed-file.ts';
import { schemaText } from '../testing/schema-text.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { dataSourceOptions } from './data-source.ts';

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await new DataSource(dataSourceOptions(database.url)).initialize();
});

afterAll(async () => {
  await dataSource?.destroy();
  await database?.drop();
});

describe('the schema', () => {
  it('is the one in schema.txt, on every version of PostgreSQL (npm run records writes it)', async () => {
    const found = await schemaText(dataSource.manager);
    expect(found).toBe(committedFile(join(import.meta.dirname, 'schema.txt'), found));
  });

  it('has a table for every entity, with its columns, their types, keys and defaults', async () => {
    const tables = dataSource.entityMetadatas.map(({ tableName }) => tableName);
    expect(tables.length).toBeGreaterThan(0);
    // What TypeORM would do to make the tables fit its entities; it would drop nothing but what it knows.
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('would be found out if a column of an entity were of another type', async () => {
    await database.query('ALTER TABLE session ALTER COLUMN username TYPE varchar(10)');
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query).join()).toContain('"username"');
    expect(await schemaText(dataSource.manager)).toContain('username character varying(10) not null');
  });
});
