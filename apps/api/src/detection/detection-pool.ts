import pg from 'pg';
import { sessionSettings } from '../database/data-source.ts';

/** Where the pool of {@link detectionPool} is injected. */
export const DETECTION_POOL = Symbol('detection pool');
/** Where it is injected how the connection that holds the locks of shards is made. */
export const LOCK_CLIENT = Symbol('lock client');

/** A day of lifetimes of a host that leaks is read at takeover; whatever takes longer is given up and tried again. */
const STATEMENT_TIMEOUT_MS = 10_000;
/** A server that is cut off times nothing out: we then give up ourselves, a little later than it would. */
const GIVE_UP_AFTER_MS = 3_000;
const CONNECT_TIMEOUT_MS = 3_000;
/** One reads while one writes: detection may wait, what agents push and people read may not. */
const POOL_SIZE = 2;

/** Connections of detection, apart from those of ingest and of reads. */
export function detectionPool(databaseUrl: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: 'closewatch-detection',
    max: POOL_SIZE,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS + GIVE_UP_AFTER_MS,
    ...sessionSettings(STATEMENT_TIMEOUT_MS, '-c max_parallel_workers_per_gather=0'),
  });
  // A connection that breaks tells whoever uses it; with nobody, there is nothing to tell.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** The one connection whose session holds the locks of this server's shards: they end with it. */
export function lockClient(databaseUrl: string): pg.Client {
  return new pg.Client({
    connectionString: databaseUrl,
    application_name: 'closewatch-shards',
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: GIVE_UP_AFTER_MS,
    ...sessionSettings(GIVE_UP_AFTER_MS),
  });
}
