import { type Sql } from '../database/data-source.ts';

/**
 * Deletes incidents that were resolved before an instant (ISO 8601), with all that is kept of them, the oldest first and at
 * most `limit`; answers with how many. Open ones stay, however old. Those that somebody holds are left for the next time.
 */
export async function forgetIncidents(sql: Sql, before: string, limit: number): Promise<number> {
  const [row] = await sql.query<{ gone: number }[]>(
    `WITH old AS MATERIALIZED (
       SELECT host_id, incident_id
         FROM incident
        WHERE resolved_at < $1
        ORDER BY resolved_at
        LIMIT $2
          FOR UPDATE SKIP LOCKED),
     events AS (
       DELETE FROM incident_event event USING old
        WHERE event.host_id = old.host_id AND event.incident_id = old.incident_id),
     evidence AS (
       DELETE FROM incident_evidence evidence USING old
        WHERE evidence.host_id = old.host_id AND evidence.incident_id = old.incident_id),
     gone AS (
       DELETE FROM incident USING old
        WHERE incident.host_id = old.host_id AND incident.incident_id = old.incident_id
       RETURNING incident.incident_id)
     SELECT count(*)::integer AS gone FROM gone`,
    [before, limit],
  );
  return row?.gone ?? 0;
}

/** Deletes what people said happened before an instant (ISO 8601). */
export async function forgetAnnotations(sql: Sql, before: string): Promise<void> {
  await sql.query('DELETE FROM annotation WHERE happened_at < $1', [before]);
}
