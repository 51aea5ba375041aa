import { type Sql } from '../database/data-source.ts';
import {
  type ColumnRow,
  readColumns,
  readConstraints,
  readFunctions,
  readIndexes,
  readTables,
} from './schema-text.queries.ts';

const STORAGE: Record<string, string> = { p: 'plain', e: 'external', x: 'extended', m: 'main' };

/** All that migrations have made, as a text for people, the same from PostgreSQL 15 to 18. */
export async function schemaText(sql: Sql): Promise<string> {
  const [tables, columns, constraints, indexes, functions] = [
    await readTables(sql),
    await readColumns(sql),
    await readConstraints(sql),
    await readIndexes(sql),
    await readFunctions(sql),
  ];
  const blocks = tables.map(({ table, partitionedBy, options, comment }) =>
    [
      `table ${table}${partitionedBy === null ? '' : ` partitioned by ${partitionedBy}`}${options === null ? '' : ` with ${options}`}`,
      ...(comment === null ? [] : [`  -- ${oneLine(comment)}`]),
      ...columns.filter((column) => column.table === table).map((column) => `  ${columnText(column)}`),
      ...constraints.filter((one) => one.table === table).map(({ definition }) => `  constraint ${definition}`),
      ...indexes.filter((one) => one.table === table).map(({ definition }) => `  ${definition}`),
    ].join('\n'),
  );
  return [...blocks, ...functions.map((definition) => definition.trim())].join('\n\n') + '\n';
}

function columnText({ column, type, required, expression, identity, storage, comment }: ColumnRow): string {
  const words = [
    column,
    type,
    ...(required ? ['not null'] : []),
    ...(identity === '' ? [] : [`identity ${identity === 'a' ? 'always' : 'by default'}`]),
    ...(expression === null ? [] : [`default ${expression}`]),
    ...(storage === null ? [] : [`storage ${STORAGE[storage] ?? storage}`]),
    ...(comment === null ? [] : [`-- ${oneLine(comment)}`]),
  ];
  return words.join(' ');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
