import { type Incident } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';
import { foundIncident, type FoundIncident, type IncidentRow, SELECT_INCIDENTS } from './incident-rows.ts';

/** The last one of the page before. */
export type IncidentPlace = readonly [openedAt: string, id: string];

/** What incidents are wanted; all that is given must be true. */
export interface IncidentFilter {
  readonly state: 'open' | 'resolved' | 'all';
  readonly rule?: string | undefined;
  readonly severity?: string | undefined;
  readonly service?: string | undefined;
  /** Undefined: all hosts. */
  readonly hostIds: readonly number[] | undefined;
  /** Open at some time from here, and to there; milliseconds since the epoch. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export interface IncidentPage extends IncidentFilter {
  readonly after: IncidentPlace | undefined;
  readonly limit: number;
}

const NEWEST_FIRST = 'ORDER BY opened_at DESC, incident_id DESC';

/** A page of incidents, the newest first. */
export async function listIncidents(sql: Sql, page: IncidentPage): Promise<FoundIncident[]> {
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const { state, rule, severity, service, hostIds, from, to, after } = page;
  // Only what was asked for: a condition that may be null keeps the planner from its index.
  const conditions = [
    ...(state === 'all' ? [] : [`resolved_at IS ${state === 'open' ? '' : 'NOT '}NULL`]),
    ...(rule === undefined ? [] : [`rule = ${value(rule)}`]),
    ...(severity === undefined ? [] : [`severity = ${value(severity)}`]),
    ...(service === undefined ? [] : [`service = ${value(service)}`]),
    ...(hostIds === undefined ? [] : [`incident.host_id = ANY(${value(hostIds)}::integer[])`]),
    ...(from === undefined ? [] : [`(resolved_at IS NULL OR resolved_at >= ${value(isoInstant(from))}::timestamptz)`]),
    ...(to === undefined ? [] : [`opened_at <= ${value(isoInstant(to))}::timestamptz`]),
    ...(after === undefined
      ? []
      : [`(opened_at, incident_id) < (${value(after[0])}::timestamptz, ${value(after[1])}::uuid)`]),
  ];
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const rows = await sql.query<IncidentRow[]>(
    `${SELECT_INCIDENTS} ${where} ${NEWEST_FIRST} LIMIT ${value(page.limit)}`,
    values,
  );
  return rows.map(foundIncident);
}

/** These incidents; of ids that there are not, nothing. */
export async function findIncidents(sql: Sql, ids: readonly string[]): Promise<FoundIncident[]> {
  const rows = await sql.query<IncidentRow[]>(`${SELECT_INCIDENTS} WHERE incident_id = ANY($1::uuid[])`, [ids]);
  return rows.map(foundIncident);
}

/**
 * Incidents like this one, the newest first: of the same service and rule, then those of the same verdict at the same
 * endpoint. `hostIds` undefined: on all hosts.
 */
export async function similarIncidents(
  sql: Sql,
  { id, service, rule, subject, finding }: Incident,
  { hostIds, limit }: { readonly hostIds: readonly number[] | undefined; readonly limit: number },
): Promise<Incident[]> {
  const onHosts = hostIds === undefined ? '' : 'AND incident.host_id = ANY($3::integer[])';
  const hosts = hostIds === undefined ? [] : [hostIds];
  const like = async (condition: string, values: unknown[]): Promise<Incident[]> => {
    const rows = await sql.query<IncidentRow[]>(
      `${SELECT_INCIDENTS} WHERE ${condition} ${onHosts} ${NEWEST_FIRST} LIMIT ${limit + 1}`,
      [...values, ...hosts],
    );
    return rows.map((row) => foundIncident(row).incident).filter((incident) => incident.id !== id);
  };
  const ofService = await like('service = $1 AND rule = $2', [service, rule]);
  if (ofService.length >= limit || !('endpoint' in subject) || finding === null) return ofService.slice(0, limit);
  const atEndpoint = await like(
    `subject ? 'endpoint' AND subject -> 'endpoint' = $1::jsonb AND finding ->> 'verdict' = $2`,
    [JSON.stringify(subject.endpoint), finding.verdict],
  );
  const known = new Set(ofService.map((incident) => incident.id));
  return [...ofService, ...atEndpoint.filter((incident) => !known.has(incident.id))].slice(0, limit);
}

/** Incidents that may have changed: open ones, those resolved since an instant (milliseconds) and these; by id, their version. */
export async function incidentVersions(
  sql: Sql,
  resolvedSince: number,
  ids: readonly string[],
): Promise<Map<string, number>> {
  const rows = await sql.query<{ id: string; version: number }[]>(
    `SELECT incident_id AS id, version FROM incident WHERE resolved_at IS NULL
      UNION
     SELECT incident_id, version FROM incident WHERE resolved_at >= $1
      UNION
     SELECT incident_id, version FROM incident WHERE incident_id = ANY($2::uuid[])`,
    [isoInstant(resolvedSince), ids],
  );
  return new Map(rows.map(({ id, version }) => [id, version]));
}
