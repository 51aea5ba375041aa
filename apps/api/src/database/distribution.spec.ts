import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { NOT_DISTRIBUTED } from '../testing/distribution.ts';
import { readUniqueIndexes } from '../testing/distribution.queries.ts';
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

/** What keeps the large tables from being distributed by host_id. */
async function faults(): Promise<string[]> {
  const indexes = await readUniqueIndexes(dataSource.manager);
  const large = indexes.filter(({ table }) => !(table in NOT_DISTRIBUTED));
  const keyed = new Set(large.filter(({ primary }) => primary).map(({ table }) => table));
  return [
    ...[...new Set(large.map(({ table }) => table))]
      .filter((table) => !keyed.has(table))
      .map((table) => `${table} has no primary key`),
    ...large
      .filter(({ index, columns }) => index !== null && columns[0] !== 'host_id')
      .map(
        ({ table, index, columns }) =>
          `${table}: ${index} begins with ${columns[0] ?? 'an expression'}, not with host_id`,
      ),
    ...large
      .filter(({ columns, sequences }) => columns.length > 0 && columns.every((column) => sequences.includes(column)))
      .map(({ table, index }) => `${table}: ${index} is of a sequence alone`),
  ];
}

describe('tables that grow with the fleet', () => {
  it('are keyed by host_id first, so that they can be distributed by it', async () => {
    const tables = new Set((await readUniqueIndexes(dataSource.manager)).map(({ table }) => table));
    expect([...tables].filter((table) => !(table in NOT_DISTRIBUTED)).length).toBeGreaterThan(10);
    expect(Object.keys(NOT_DISTRIBUTED).filter((table) => !tables.has(table))).toEqual([]);
    expect(await faults()).toEqual([]);
  });

  it('are found out when they are not', async () => {
    await database.query('CREATE TABLE careless (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, host_id integer)');
    await database.query('CREATE TABLE keyless (host_id integer)');
    await database.query('CREATE UNIQUE INDEX careless_socket ON connection_open (socket_id, host_id)');
    expect(await faults()).toEqual([
      'keyless has no primary key',
      'careless: careless_pkey begins with id, not with host_id',
      'connection_open: careless_socket begins with socket_id, not with host_id',
      'careless: careless_pkey is of a sequence alone',
    ]);
  });
});
