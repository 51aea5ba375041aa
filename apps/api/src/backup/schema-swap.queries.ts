import pg from 'pg';
import { MIGRATION_LOCK } from '../database/data-source.ts';
import { type Connection } from './catalogue.queries.ts';

/** Where a restore makes its tables, until they take the place of those that are there. */
export const RESTORING = 'closewatch_restoring';
/** Where those that were there are put, until they are dropped. */
export const REPLACED = 'closewatch_before_restore';

/** How long others who read the tables may keep them from being dropped. */
const DROP_WAIT = '10s';

/** Keeps starting servers and other restores away; false when one of them is there. Ends with the connection. */
export async function lockOutOthers(sql: Connection): Promise<boolean> {
  const { rows } = await sql.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [MIGRATION_LOCK]);
  return rows[0]?.taken === true;
}

/** Servers of Closewatch that are connected to this database, as text for people. */
export async function connectedServers(sql: Connection): Promise<string[]> {
  const { rows } = await sql.query<{ client: string }>(
    `SELECT DISTINCT application_name || coalesce(' at ' || host(client_addr), '') AS client
       FROM pg_stat_activity
      WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
        AND application_name ~ '^closewatch(-(read|ingest|packing))?$'
      ORDER BY 1`,
  );
  return rows.map(({ client }) => client);
}

/** Whether we may rename the schema and make another; what to do when not. */
export async function missingRights(sql: Connection, schema: string): Promise<string[]> {
  const { rows } = await sql.query<{ owns: boolean; creates: boolean; user: string; database: string }>(
    `SELECT pg_has_role(nspowner, 'USAGE') AS owns, has_database_privilege(current_database(), 'CREATE') AS creates,
            quote_ident(current_user) AS user, quote_ident(current_database()) AS database
       FROM pg_namespace WHERE nspname = $1`,
    [schema],
  );
  const [rights] = rows;
  if (rights === undefined) return [];
  const { owns, creates, user, database } = rights;
  return [
    ...(creates ? [] : [`GRANT CREATE ON DATABASE ${database} TO ${user}`]),
    ...(owns ? [] : [`ALTER SCHEMA ${pg.escapeIdentifier(schema)} OWNER TO ${user}`]),
  ];
}

/** Tables, views and the like of a schema that no extension made, partitions aside. */
export async function listRelations(sql: Connection, schema: string): Promise<string[]> {
  const { rows } = await sql.query<{ name: string }>(
    `SELECT relname AS name
       FROM pg_class c
      WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT relispartition
        AND NOT EXISTS (SELECT FROM pg_depend
                         WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
      ORDER BY 1`,
    [pg.escapeIdentifier(schema)],
  );
  return rows.map(({ name }) => name);
}

/** The restored tables take the place of those in `schema`, in one transaction; extensions stay in theirs. */
export async function swapSchemas(sql: Connection, schema: string): Promise<void> {
  const name = pg.escapeIdentifier(schema);
  await sql.query('BEGIN');
  try {
    await sql.query(`ALTER SCHEMA ${name} RENAME TO ${REPLACED}`);
    await sql.query(`ALTER SCHEMA ${RESTORING} RENAME TO ${name}`);
    await sql.query(`COMMENT ON SCHEMA ${name} IS NULL`);
    const { rows } = await sql.query<{ name: string }>(
      'SELECT extname AS name FROM pg_extension WHERE extnamespace = to_regnamespace($1)',
      [REPLACED],
    );
    for (const extension of rows) {
      await sql.query(`ALTER EXTENSION ${pg.escapeIdentifier(extension.name)} SET SCHEMA ${name}`);
    }
    await sql.query('COMMIT');
  } catch (error) {
    await sql.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** An empty schema to restore into; what an earlier restore left behind goes first. */
export async function makeRestoring(sql: Connection): Promise<void> {
  await dropReplaced(sql);
  await dropPiecemeal(sql, RESTORING);
  await sql.query(`CREATE SCHEMA ${RESTORING}`);
  await sql.query(
    `COMMENT ON SCHEMA ${RESTORING} IS 'a restore of Closewatch that runs or was broken off: not in use; the next restore drops it'`,
  );
}

export async function dropRestoring(sql: Connection): Promise<void> {
  await dropPiecemeal(sql, RESTORING);
}

/** Drops what was replaced. Throws when others look at it (a view, an open transaction). */
export async function dropReplaced(sql: Connection): Promise<void> {
  await dropPiecemeal(sql, REPLACED);
}

/** One partition at a time: a statement that drops thousands of tables needs a lock for each, more than a server has. */
async function dropPiecemeal(sql: Connection, schema: string): Promise<void> {
  const { rows } = await sql.query<{ name: string; partition: boolean }>(
    `SELECT quote_ident(nspname) || '.' || quote_ident(relname) AS name, relispartition AS partition
       FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
      WHERE nspname = $1 AND relkind IN ('r', 'p') ORDER BY relname`,
    [schema],
  );
  const { rows: before } = await sql.query<{ limit: string }>(`SELECT current_setting('lock_timeout') AS limit`);
  await sql.query(`SELECT set_config('lock_timeout', $1, false)`, [DROP_WAIT]);
  for (const { name, partition } of rows) if (partition) await sql.query(`DROP TABLE ${name}`);
  const tables = rows.filter(({ partition }) => !partition).map(({ name }) => name);
  if (tables.length > 0) await sql.query(`DROP TABLE ${tables.join(', ')}`);
  await sql.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  await sql.query(`SELECT set_config('lock_timeout', $1, false)`, [before[0]?.limit ?? '0']);
}
