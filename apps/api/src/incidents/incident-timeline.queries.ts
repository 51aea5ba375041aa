import { type IncidentEvent, type IncidentEvidence } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';
import { type NewIncidentEvent, type NewIncidentEvidence } from './kept-incident.ts';

/**
 * Adds to timelines, in the order given. Numbers go on from those that are there: in a transaction that holds the
 * incidents' rows, by having inserted, changed or locked them.
 */
export async function addIncidentEvents(sql: Sql, events: readonly NewIncidentEvent[]): Promise<void> {
  if (events.length === 0) return;
  await sql.query(
    `INSERT INTO incident_event (host_id, incident_id, number, happened_at, kind, author, text, content)
     SELECT host_id, incident_id,
            (SELECT coalesce(max(known.number) + 1, 0) FROM incident_event known
              WHERE known.host_id = given.host_id AND known.incident_id = given.incident_id)
            + row_number() OVER (PARTITION BY host_id, incident_id ORDER BY place) - 1,
            happened_at, kind, author, text, content
       FROM unnest($1::integer[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::jsonb[])
            WITH ORDINALITY AS given (host_id, incident_id, happened_at, kind, author, text, content, place)`,
    [
      events.map(({ hostId }) => hostId),
      events.map(({ incidentId }) => incidentId),
      events.map(({ at }) => isoInstant(at)),
      events.map(({ kind }) => kind),
      events.map(({ by }) => by),
      events.map(({ text }) => text),
      events.map(({ content }) => JSON.stringify(content)),
    ],
  );
}

/** Adds what was gathered; as {@link addIncidentEvents}. */
export async function addIncidentEvidence(sql: Sql, evidence: readonly NewIncidentEvidence[]): Promise<void> {
  if (evidence.length === 0) return;
  await sql.query(
    `INSERT INTO incident_evidence (host_id, incident_id, number, captured_at, kind, content)
     SELECT host_id, incident_id,
            (SELECT coalesce(max(known.number) + 1, 0) FROM incident_evidence known
              WHERE known.host_id = given.host_id AND known.incident_id = given.incident_id)
            + row_number() OVER (PARTITION BY host_id, incident_id ORDER BY place) - 1,
            captured_at, kind, content
       FROM unnest($1::integer[], $2::uuid[], $3::timestamptz[], $4::text[], $5::jsonb[])
            WITH ORDINALITY AS given (host_id, incident_id, captured_at, kind, content, place)`,
    [
      evidence.map(({ hostId }) => hostId),
      evidence.map(({ incidentId }) => incidentId),
      evidence.map(({ capturedAt }) => isoInstant(capturedAt)),
      evidence.map(({ kind }) => kind),
      evidence.map(({ content }) => JSON.stringify(content ?? null)),
    ],
  );
}

/** An incident that goes up and down for weeks has a timeline of thousands. */
export const MOST_EVENTS = 500;

/** The timeline of an incident, in its order: how it opened, and the newest {@link MOST_EVENTS}. Numbers tell what is left out. */
export async function incidentEvents(sql: Sql, hostId: number, incidentId: string): Promise<IncidentEvent[]> {
  const rows = await sql.query<(Omit<IncidentEvent, 'at'> & { at: Date })[]>(
    `SELECT number, happened_at AS at, kind, author AS by, text, content
       FROM incident_event
      WHERE host_id = $1 AND incident_id = $2
        AND (number = 0 OR number > (SELECT max(number) FROM incident_event
                                      WHERE host_id = $1 AND incident_id = $2) - $3)
      ORDER BY number`,
    [hostId, incidentId, MOST_EVENTS],
  );
  return rows.map((row) => ({ ...row, at: isoInstant(row.at) }));
}

/** What was gathered of an incident, in the order in which it was. */
export async function incidentEvidence(sql: Sql, hostId: number, incidentId: string): Promise<IncidentEvidence[]> {
  const rows = await sql.query<(Omit<IncidentEvidence, 'capturedAt'> & { capturedAt: Date })[]>(
    `SELECT number, captured_at AS "capturedAt", kind, content
       FROM incident_evidence
      WHERE host_id = $1 AND incident_id = $2
      ORDER BY number`,
    [hostId, incidentId],
  );
  return rows.map((row) => ({ ...row, capturedAt: isoInstant(row.capturedAt) }));
}
