import pg from 'pg';
import { sessionSettings } from '../database/data-source.ts';

/** Where the pool of {@link packingPool} is injected. */
export const PACKING_POOL = Symbol('packing pool');

/** Long statements are expected: months of late data are grouped by the hour. */
const STATEMENT_TIMEOUT_MS = 120_000;
/** A server that is cut off times nothing out: we then give up ourselves, a little later than it would. */
const GIVE_UP_AFTER_MS = 3_000;
/** A late day is unpacked and packed inside a transaction, while nothing is asked of the server. */
const IDLE_TRANSACTION_MS = 120_000;
const CONNECT_TIMEOUT_MS = 3_000;
/** One packs, one listens for jobs, one takes and ends them. */
const POOL_SIZE = 4;

/** Connections of the background work, apart from those of ingest and of reads. */
export function packingPool(databaseUrl: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: 'closewatch-packing',
    max: POOL_SIZE,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS + GIVE_UP_AFTER_MS,
    // What a crash takes back is done again: only the order of commits matters, and that holds.
    ...sessionSettings(
      STATEMENT_TIMEOUT_MS,
      `-c synchronous_commit=off -c idle_in_transaction_session_timeout=${IDLE_TRANSACTION_MS}`,
    ),
  });
  // A connection that breaks tells whoever uses it; with nobody, there is nothing to tell.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
