import { type Sql } from '../database/data-source.ts';

/** A unique index (or primary key) of a table of ours that is no partition. */
export interface UniqueIndex {
  readonly table: string;
  readonly index: string | null;
  readonly primary: boolean;
  readonly columns: string[];
  /** Columns of the table that a sequence fills. */
  readonly sequences: string[];
}

/** Each table with its unique indexes; one row with nulls for a table without any. */
export function readUniqueIndexes(sql: Sql): Promise<UniqueIndex[]> {
  return sql.query<UniqueIndex[]>(
    `SELECT c.relname AS table, i.indexrelid::regclass::text AS index, coalesce(i.indisprimary, false) AS primary,
            ARRAY(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY AS key (number, place)
                    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = key.number
                   WHERE key.place <= i.indnkeyatts ORDER BY key.place) AS columns,
            ARRAY(SELECT a.attname::text FROM pg_attribute a
                    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
                   WHERE a.attrelid = c.oid AND a.attnum > 0
                     AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%')) AS sequences
       FROM pg_class c
       LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisunique
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND c.relname <> 'migrations'
      ORDER BY 1, 2`,
  );
}
