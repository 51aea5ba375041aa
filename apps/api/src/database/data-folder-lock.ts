import pg from 'pg';

/** Key of the advisory lock that the API which owns an embedded server holds in it. */
const OWNER_LOCK = 2_031_173_001;

export type Claim =
  | { readonly outcome: 'claimed'; readonly connection: pg.Client }
  | { readonly outcome: 'taken' }
  /** Starting, stopping, or gone: try again. */
  | { readonly outcome: 'unavailable'; readonly error: unknown };

/**
 * Takes the embedded server for ourselves, for as long as the connection lives. A second API on the same data folder
 * finds the lock taken; one that was killed lost it with its connection, whose server is then an orphan to adopt.
 */
export async function claimServer(connectionString: string): Promise<Claim> {
  const connection = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000, keepAlive: true });
  // A broken connection is noticed by whoever owns it; without a listener it would end the process.
  connection.on('error', () => undefined);
  try {
    await connection.connect();
    const { rows } = await connection.query<{ claimed: boolean }>('SELECT pg_try_advisory_lock($1) AS claimed', [
      OWNER_LOCK,
    ]);
    if (rows[0]?.claimed === true) return { outcome: 'claimed', connection };
    await connection.end();
    return { outcome: 'taken' };
  } catch (error) {
    await connection.end().catch(() => undefined);
    return { outcome: 'unavailable', error };
  }
}
