import { type Sql } from '../database/data-source.ts';

export interface TableRow {
  readonly table: string;
  readonly partitionedBy: string | null;
  readonly options: string | null;
  readonly comment: string | null;
}

export interface ColumnRow {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly required: boolean;
  readonly expression: string | null;
  readonly identity: string;
  /** p, e, x or m when it is not that of the type. */
  readonly storage: string | null;
  readonly comment: string | null;
}

export interface PartRow {
  readonly table: string;
  readonly definition: string;
}

/** Ours: no partition, which is as its parent is, and nothing of an extension or of a library (graphile_worker, migrations). */
const OURS = `c.relnamespace = 'public'::regnamespace AND NOT c.relispartition AND c.relname <> 'migrations'`;

export function readTables(sql: Sql): Promise<TableRow[]> {
  return sql.query<TableRow[]>(
    `SELECT c.relname AS table, pg_get_partkeydef(c.oid) AS "partitionedBy",
            array_to_string(c.reloptions, ', ') AS options, obj_description(c.oid, 'pg_class') AS comment
       FROM pg_class c WHERE ${OURS} AND c.relkind IN ('r', 'p') ORDER BY 1`,
  );
}

export function readColumns(sql: Sql): Promise<ColumnRow[]> {
  return sql.query<ColumnRow[]>(
    `SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required,
            pg_get_expr(d.adbin, d.adrelid) AS expression, a.attidentity AS identity,
            CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage::text END AS storage,
            col_description(c.oid, a.attnum) AS comment
       FROM pg_class c
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       JOIN pg_type t ON t.oid = a.atttypid
       LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
      WHERE ${OURS} AND c.relkind IN ('r', 'p')
      ORDER BY c.relname, a.attnum`,
  );
}

/** NOT NULL is told with the columns: PostgreSQL 18 has constraints of it, earlier versions have none. */
export function readConstraints(sql: Sql): Promise<PartRow[]> {
  return sql.query<PartRow[]>(
    `SELECT c.relname AS table, conname || ' ' || pg_get_constraintdef(k.oid) AS definition
       FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
      WHERE ${OURS} AND k.contype <> 'n' ORDER BY 1, 2`,
  );
}

/** Indexes that are not of a constraint. */
export function readIndexes(sql: Sql): Promise<PartRow[]> {
  return sql.query<PartRow[]>(
    `SELECT c.relname AS table,
            pg_get_indexdef(i.indexrelid) || CASE WHEN i.indisvalid THEN '' ELSE ' -- not valid' END AS definition
       FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
      WHERE ${OURS} AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
      ORDER BY 1, 2`,
  );
}

export async function readFunctions(sql: Sql): Promise<string[]> {
  const rows = await sql.query<{ definition: string }[]>(
    `SELECT pg_get_functiondef(oid) AS definition FROM pg_proc
      WHERE pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
      ORDER BY proname, oid`,
  );
  return rows.map(({ definition }) => definition);
}
