import pg from 'pg';
import { coerceError } from '../errors/coerce-error.ts';
import { BackupError } from './backup-error.ts';

const CONNECT_TIMEOUT_MS = 10_000;

/** Name of our connections in pg_stat_activity. */
export const APPLICATION = 'closewatch-backup';

/**
 * Settings of our sessions: they may take as long as they need, whatever the role's defaults say, but do not wait forever for
 * a lock. Instants are written the same everywhere.
 */
export const SESSION_OPTIONS = [
  'TimeZone=UTC',
  'DateStyle=ISO',
  'jit=off',
  'statement_timeout=0',
  'idle_in_transaction_session_timeout=0',
  'lock_timeout=60000',
]
  .map((setting) => `-c ${setting}`)
  .join(' ');

/** A connection that lives as long as a backup or a restore. Throws {@link BackupError} when it cannot be had. */
export async function connect(databaseUrl: string, where: string, options = ''): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: APPLICATION,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    options: `${SESSION_OPTIONS} ${options}`.trimEnd(),
  });
  // A connection that breaks fails the statement that runs on it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    // Since PostgreSQL 17.
    await client.query(
      `SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'transaction_timeout' AND setting <> '0'`,
    );
  } catch (error) {
    void client.end().catch(() => undefined);
    throw new BackupError(`${where} cannot be reached: ${coerceError(error).message}.`, { cause: error });
  }
  return client;
}
