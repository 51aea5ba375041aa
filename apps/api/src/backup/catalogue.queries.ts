import type pg from 'pg';
import { type BackedUpTable, type Header } from './backup-format.ts';

/** What runs SQL here: one connection, because what is read must be of one snapshot. */
export type Connection = Pick<pg.Client, 'query'>;

/** A table and what copying it takes. */
export interface CatalogueTable extends BackedUpTable {
  /** A column of it is kept as it comes (STORAGE EXTERNAL), because it is compressed already. */
  readonly compressed: boolean;
}

/** Where tables are made: the first schema of the search path. */
export async function currentSchema(sql: Connection): Promise<string | null> {
  const { rows } = await sql.query<{ schema: string | null }>('SELECT current_schema() AS schema');
  return rows[0]?.schema ?? null;
}

/**
 * The tables of the current schema that no extension made, by name, so that referenced ones come before those that refer
 * to them; partitions stand in their table. Those of others (graphile_worker) are in schemas of their own.
 */
export async function listTables(sql: Connection): Promise<CatalogueTable[]> {
  const { rows } = await sql.query<CatalogueTable & { references: string[] }>(
    `SELECT relname AS name,
            (SELECT json_agg(json_build_object('name', attname, 'type', format_type(atttypid, atttypmod)) ORDER BY attnum)
               FROM pg_attribute
              WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '') AS columns,
            EXISTS (SELECT FROM pg_attribute
                     WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attstorage = 'e') AS compressed,
            CASE relkind WHEN 'p' THEN
              (SELECT coalesce(json_agg(json_build_object('name', child.relname, 'bound', pg_get_expr(child.relpartbound, child.oid))
                                        ORDER BY child.relname), '[]')
                 FROM pg_inherits
                 JOIN pg_class child ON child.oid = inhrelid
                WHERE inhparent = c.oid)
            END AS partitions,
            ARRAY(SELECT DISTINCT target.relname::text
                    FROM pg_constraint
                    JOIN pg_class target ON target.oid = confrelid
                   WHERE conrelid = c.oid AND contype = 'f' AND confrelid <> c.oid) AS references
       FROM pg_class c
      WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
        AND relpersistence = 'p'
        AND NOT EXISTS (SELECT FROM pg_depend
                         WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
      ORDER BY relname`,
  );
  return inOrderOfReferences(rows).map(({ name, columns, compressed, partitions }) => ({
    name,
    columns: columns ?? [],
    compressed,
    partitions: partitions?.map((partition) => ({ name: partition.name, ...boundsOf(partition) })) ?? null,
  }));
}

/** Our partitions are ranges of one instant. Throws for another, or one that is partitioned again. */
function boundsOf(partition: { name: string; bound?: string }): { from: string; to: string } {
  const [, from, to] = /^FOR VALUES FROM \('([^']+)'\) TO \('([^']+)'\)$/.exec(partition.bound ?? '') ?? [];
  if (from === undefined || to === undefined) {
    throw new Error(
      `The partition ${partition.name} is none that Closewatch makes (${partition.bound ?? 'no bound'}).`,
    );
  }
  return { from, to };
}

function inOrderOfReferences<Table extends { name: string; references: string[] }>(tables: readonly Table[]): Table[] {
  const ordered = new Set<Table>();
  const visit = (table: Table, above: readonly Table[]): void => {
    if (ordered.has(table) || above.includes(table)) return;
    for (const target of tables.filter(({ name }) => table.references.includes(name))) visit(target, [...above, table]);
    ordered.add(table);
  };
  for (const table of tables) visit(table, []);
  return [...ordered];
}

/** Sequences of the current schema and where they stand; ahead of what a snapshot taken earlier has. */
export async function listSequences(sql: Connection): Promise<Header['sequences']> {
  const { rows } = await sql.query<{ name: string; table: string | null }>(
    `SELECT c.relname AS name, owner.relname AS table
       FROM pg_class c
       LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
       LEFT JOIN pg_class owner ON owner.oid = d.refobjid
      WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'S'
      ORDER BY 1`,
  );
  const sequences: Header['sequences'] = [];
  for (const { name, table } of rows) {
    // Of the list of migrations, which is made anew.
    if (table === MIGRATIONS_TABLE) continue;
    const { rows: stands } = await sql.query<{ lastValue: string; isCalled: boolean }>(
      `SELECT last_value::text AS "lastValue", is_called AS "isCalled" FROM "${name}"`,
    );
    if (stands[0] !== undefined) sequences.push({ name, ...stands[0] });
  }
  return sequences;
}

/** TypeORM's list of what was applied. */
export const MIGRATIONS_TABLE = 'migrations';

/** Names of the migrations that were applied, in their order; none in a database without Closewatch. */
export async function appliedMigrations(sql: Connection): Promise<string[]> {
  const { rows: found } = await sql.query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [
    MIGRATIONS_TABLE,
  ]);
  if (found[0]?.found !== true) return [];
  const { rows } = await sql.query<{ name: string }>(`SELECT name FROM ${MIGRATIONS_TABLE} ORDER BY timestamp, id`);
  return rows.map(({ name }) => name);
}

/** Bytes on disk of the tables without their indexes: about what there is to read. */
export async function sizeOfTables(sql: Connection): Promise<number> {
  const { rows } = await sql.query<{ bytes: string }>(
    `SELECT coalesce(sum(pg_table_size(oid)), 0)::text AS bytes
       FROM pg_class
      WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'`,
  );
  return Number(rows[0]?.bytes ?? 0);
}

/** Whether an agent may push with the token of this SHA-256. */
export async function isAgentToken(sql: Connection, tokenSha256: Buffer): Promise<boolean> {
  const { rowCount } = await sql.query('SELECT FROM agent_token WHERE token_sha256 = $1 AND revoked_at IS NULL', [
    tokenSha256,
  ]);
  return rowCount === 1;
}
