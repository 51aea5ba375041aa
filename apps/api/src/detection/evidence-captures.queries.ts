import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';
import { type Capture } from './evidence-captures.ts';

/** Which incident of which host. */
export interface IncidentName {
  readonly hostId: number;
  readonly incidentId: string;
}

/** What is kept of captures of an incident, oldest first. Its row is locked, so that what is added next has numbers of its own. */
export async function lockCaptures(sql: Sql, { hostId, incidentId }: IncidentName): Promise<Capture[]> {
  await sql.query('SELECT FROM incident WHERE host_id = $1 AND incident_id = $2 FOR UPDATE', [hostId, incidentId]);
  const rows = await sql.query<{ at: Date; because: Capture['because']; value: number | null }[]>(
    `SELECT happened_at AS at, content ->> 'because' AS because, (content ->> 'value')::double precision AS value
       FROM incident_event event
      WHERE host_id = $1 AND incident_id = $2 AND kind = 'evidence'
        AND EXISTS (SELECT FROM incident_evidence evidence
                     WHERE evidence.host_id = event.host_id AND evidence.incident_id = event.incident_id
                       AND evidence.captured_at = event.happened_at)
      ORDER BY number`,
    [hostId, incidentId],
  );
  return rows.map(({ at, because, value }) => ({ at: at.getTime(), because, value: value ?? 0 }));
}

/** Drops what was gathered at some moments (milliseconds). */
export async function dropCaptures(
  sql: Sql,
  { hostId, incidentId }: IncidentName,
  moments: readonly number[],
): Promise<void> {
  if (moments.length === 0) return;
  await sql.query(
    `DELETE FROM incident_evidence
      WHERE host_id = $1 AND incident_id = $2 AND captured_at = ANY($3::timestamptz[])`,
    [hostId, incidentId, moments.map(isoInstant)],
  );
}
