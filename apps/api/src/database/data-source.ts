import { DataSource, type DataSourceOptions, type EntityManager } from 'typeorm';
import pg from 'pg';
import { AgentToken } from '../accounts/agent-token.entity.ts';
import { SessionRecord } from '../accounts/session-record.entity.ts';
import { InitialSchema1795305600000 } from './migrations/1795305600000-initial-schema.ts';
import { SnapshotStandsAt1795392000000 } from './migrations/1795392000000-snapshot-stands-at.ts';
import { SnapshotSections1795478400000 } from './migrations/1795478400000-snapshot-sections.ts';
import { History1795564800000 } from './migrations/1795564800000-history.ts';
import { LifetimeSearch1795575600000 } from './migrations/1795575600000-lifetime-search.ts';
import { OwnCompleteness1795579200000 } from './migrations/1795579200000-own-completeness.ts';
import { Backfills1795582800000 } from './migrations/1795582800000-backfills.ts';
import { Incidents1795669200000 } from './migrations/1795669200000-incidents.ts';

/** Held while migrations run, so that two servers that start together do not run them twice. */
export const MIGRATION_LOCK = 2_031_173_002;
const STATEMENT_TIMEOUT_MS = 15_000;
/** A server that is stopped or cut off times nothing out: we then give up ourselves, a little later than it would. */
const GIVE_UP_AFTER_MS = 3_000;
const CONNECT_TIMEOUT_MS = 3_000;
/** Of a client that has gone without a word the server keeps no locks: neither in a transaction that goes on no more, */
const IDLE_TRANSACTION_MS = 20_000;
/** nor while it waits for the network (25 s; over a Unix socket these are accepted and mean nothing). */
const KEEPALIVES = '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3';
const POOL_SIZE = 10;
/** Reads of people have connections of their own, fewer and sooner given up, so that they never hold up what agents push. */
const READ_POOL_SIZE = 4;
const READ_TIMEOUT_MS = 5_000;
const WRITE_POOL_SIZE = 3;

const READ_SETTINGS = '-c default_transaction_read_only=on -c max_parallel_workers_per_gather=0';

/** Name of the data source for reads: `@InjectDataSource(READ)`. Its transactions are read only. */
export const READ = 'read';

/** Whatever runs SQL: the data source, or the manager of a transaction. */
export type Sql = Pick<EntityManager, 'query'>;

export function dataSourceOptions(databaseUrl: string): DataSourceOptions {
  return {
    type: 'postgres',
    entities: [AgentToken, SessionRecord],
    migrations: [
      InitialSchema1795305600000,
      SnapshotStandsAt1795392000000,
      SnapshotSections1795478400000,
      History1795564800000,
      LifetimeSearch1795575600000,
      OwnCompleteness1795579200000,
      Backfills1795582800000,
      Incidents1795669200000,
    ],
    // A large index is made outside of any (docs/adr/0029).
    migrationsTransactionMode: 'each',
    synchronize: false,
    logging: false,
    applicationName: 'closewatch',
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    poolSize: POOL_SIZE,
    // TypeORM takes URLs apart itself and does not know a socket's folder as host; pg does.
    extra: {
      connectionString: databaseUrl,
      keepAlive: true,
      query_timeout: STATEMENT_TIMEOUT_MS + GIVE_UP_AFTER_MS,
      ...sessionSettings(STATEMENT_TIMEOUT_MS),
    },
    poolErrorHandler: () => undefined,
  };
}

/**
 * The same database for reads alone: statements end after five seconds, nothing can be written, and each has one process
 * at work, so that four of them leave room for what agents push.
 */
export function readDataSourceOptions(databaseUrl: string): DataSourceOptions & { name: string } {
  return {
    type: 'postgres',
    name: READ,
    synchronize: false,
    logging: false,
    applicationName: 'closewatch-read',
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    poolSize: READ_POOL_SIZE,
    extra: {
      connectionString: databaseUrl,
      keepAlive: true,
      query_timeout: READ_TIMEOUT_MS + GIVE_UP_AFTER_MS,
      ...sessionSettings(READ_TIMEOUT_MS, READ_SETTINGS),
    },
    poolErrorHandler: () => undefined,
  };
}

/** Connections for what agents push: statements are prepared, and sent without waiting for the answers before them. */
export function writePoolOptions(databaseUrl: string): pg.PoolConfig {
  return {
    connectionString: databaseUrl,
    application_name: 'closewatch-ingest',
    max: WRITE_POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS + GIVE_UP_AFTER_MS,
    keepAlive: true,
    pipeline: true,
    ...sessionSettings(STATEMENT_TIMEOUT_MS),
  };
}

/** Brings the schema up to date, one server at a time. */
export async function migrate(databaseUrl: string): Promise<void> {
  const lock = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    ...sessionSettings(0),
  });
  lock.on('error', () => undefined);
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const dataSource = new DataSource(dataSourceOptions(databaseUrl));
    await dataSource.initialize();
    try {
      await dataSource.runMigrations();
    } finally {
      await dataSource.destroy();
    }
  } finally {
    // Ending the session releases the lock.
    await lock.end();
  }
}

/** What every connection is told; times out statements, 0: never. Of what `more` says again, that counts. */
export function sessionSettings(statementTimeoutMs: number, more = ''): { options: string } {
  // Statements over a month of daily partitions look expensive to the planner and are over in a millisecond: compiling
  // them first (jit, which distributions' servers have) takes fifty.
  const timeouts = `-c statement_timeout=${statementTimeoutMs} -c idle_in_transaction_session_timeout=${IDLE_TRANSACTION_MS}`;
  return { options: `-c TimeZone=UTC -c jit=off ${timeouts} ${KEEPALIVES} ${more}`.trimEnd() };
}
