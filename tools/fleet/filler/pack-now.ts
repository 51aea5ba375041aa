import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const LOOK_EVERY_MS = 500;

/**
 * Has the server of this database pack now what came late, instead of within five minutes, and waits until it has.
 * Rejects when the database is away, and with the signal.
 */
export async function packNow(databaseUrl: string, stop: AbortSignal): Promise<void> {
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    await database.query(`SELECT graphile_worker.add_job('pack', job_key := 'pack')`);
    for (;;) {
      const { rows } = await database.query<{ waits: boolean }>(
        `SELECT EXISTS (SELECT FROM snapshot_late, packing WHERE taken_at < packed_until)
             OR EXISTS (SELECT FROM process_late, packing WHERE taken_at < packed_until)
             OR EXISTS (SELECT FROM port_late, packing WHERE taken_at < packed_until) AS waits`,
      );
      if (rows[0]?.waits === false) return;
      await sleep(LOOK_EVERY_MS, undefined, { signal: stop });
    }
  } finally {
    await database.end();
  }
}
