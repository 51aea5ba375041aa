import { type Figures, type Finding, type LeakSubject, type Reason, type Rule } from '@closewatch/socket-states';
import { type IncidentSubject } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';
import { type KeptIncident, type ResolvedAs, type Severity, type StoredIncident } from './kept-incident.ts';

const KEY = ['host_id integer', 'incident_id uuid'];
/** What a rule sets, and sets again with each change. What people say of an incident (owner, review) is none of it. */
const SET_BY_RULE = [
  'severity text',
  'began_at timestamptz',
  'stale_since timestamptz',
  'clearing_since timestamptz',
  'resolved_at timestamptz',
  'resolved_as text',
  'figures jsonb',
  'figures_at timestamptz',
  'peak_figure text',
  'peak_value double precision',
  'peak_at timestamptz',
  'finding jsonb',
  'reasons jsonb',
  'parent_id uuid',
  'state jsonb',
];
/** What it sets once. */
const SET_AT_OPENING = [
  'rule text',
  'key text',
  'subject jsonb',
  'service text',
  'opened_at timestamptz',
  'previous_id uuid',
  'recurrence integer',
];

const nameOf = (column: string): string => column.slice(0, column.indexOf(' '));
const INSERTED = [...KEY, ...SET_AT_OPENING, ...SET_BY_RULE];
const NAMES = INSERTED.map(nameOf).join(', ');
const SELECT = `SELECT ${NAMES}, version FROM incident`;

/**
 * The open incidents of some hosts. To be called in the transaction that decides about them with `lock`: nobody changes
 * them before it ends.
 */
export async function openIncidents(
  sql: Sql,
  hostIds: readonly number[],
  { lock = false }: { readonly lock?: boolean } = {},
): Promise<StoredIncident[]> {
  const rows = await sql.query<Row[]>(
    // In one order, so that two who lock do not wait for each other.
    `${SELECT} WHERE host_id = ANY($1::integer[]) AND resolved_at IS NULL ORDER BY host_id, incident_id${lock ? ' FOR UPDATE' : ''}`,
    [hostIds],
  );
  return rows.map(stored);
}

/** Of each of these keys of a host the incident that was resolved last, if there is one. */
export async function lastResolvedIncidents(
  sql: Sql,
  hostId: number,
  keys: readonly { readonly rule: Rule; readonly key: string }[],
): Promise<StoredIncident[]> {
  if (keys.length === 0) return [];
  const rows = await sql.query<Row[]>(
    `SELECT last.*
       FROM unnest($2::text[], $3::text[]) AS wanted (rule, key),
            LATERAL (${SELECT}
                      WHERE host_id = $1 AND incident.rule = wanted.rule AND incident.key = wanted.key
                        AND resolved_at IS NOT NULL
                      ORDER BY opened_at DESC
                      LIMIT 1) AS last`,
    [hostId, keys.map(({ rule }) => rule), keys.map(({ key }) => key)],
  );
  return rows.map(stored);
}

/** Of the leaks that some containers of a host had, of one program at one endpoint, the one that was resolved last. */
export async function lastResolvedOfContainers(
  sql: Sql,
  hostId: number,
  containerIds: readonly string[],
  { service, direction, endpoint }: Pick<LeakSubject, 'service' | 'direction' | 'endpoint'>,
): Promise<StoredIncident | null> {
  const rows = await sql.query<Row[]>(
    `${SELECT}
      WHERE host_id = $1 AND rule = 'leak' AND resolved_at IS NOT NULL
        AND subject #>> '{service,containerId}' = ANY($2::text[]) AND subject #>> '{service,executable}' = $3
        AND subject ->> 'direction' IS NOT DISTINCT FROM $4 AND subject -> 'endpoint' = $5::jsonb
      ORDER BY opened_at DESC
      LIMIT 1`,
    [hostId, containerIds, service?.executable ?? null, direction, JSON.stringify(endpoint)],
  );
  return rows[0] === undefined ? null : stored(rows[0]);
}

/**
 * Stores new incidents; answers with the ids of those that are in. One whose key has an open incident already is left
 * out: another server was first.
 */
export async function insertIncidents(sql: Sql, incidents: readonly KeptIncident[]): Promise<Set<string>> {
  if (incidents.length === 0) return new Set();
  const rows = await sql.query<{ id: string }[]>(
    `INSERT INTO incident (${NAMES})
     SELECT ${NAMES} FROM jsonb_to_recordset($1::jsonb) AS given (${INSERTED.join(', ')})
     ON CONFLICT DO NOTHING
     RETURNING incident_id AS id`,
    [JSON.stringify(incidents.map(columns))],
  );
  return new Set(rows.map(({ id }) => id));
}

/**
 * Stores what their rules now say of incidents; answers with the ids of those that were changed. One that has another
 * version than the one it was read with was changed by somebody else meanwhile and stays as it is: read it again.
 * Reopens one that was resolved when `resolvedAt` is null now.
 */
export async function updateIncidents(sql: Sql, incidents: readonly StoredIncident[]): Promise<Set<string>> {
  if (incidents.length === 0) return new Set();
  const set = SET_BY_RULE.map(nameOf).map((name) => `${name} = given.${name}`);
  const rows = await sql.query<{ id: string }[]>(
    `WITH changed AS (
       UPDATE incident
          SET ${set.join(', ')}, version = incident.version + 1
         FROM jsonb_to_recordset($1::jsonb) AS given (${[...KEY, ...SET_BY_RULE, 'version integer'].join(', ')})
        WHERE incident.host_id = given.host_id AND incident.incident_id = given.incident_id
          AND incident.version = given.version
       RETURNING incident.incident_id AS id)
     SELECT id FROM changed`,
    [JSON.stringify(incidents.map((incident) => ({ ...columns(incident), version: incident.version })))],
  );
  return new Set(rows.map(({ id }) => id));
}

interface Row {
  readonly host_id: number;
  readonly incident_id: string;
  readonly rule: Rule;
  readonly key: string;
  readonly severity: Severity;
  readonly subject: IncidentSubject;
  readonly service: string;
  readonly began_at: Date;
  readonly opened_at: Date;
  readonly stale_since: Date | null;
  readonly clearing_since: Date | null;
  readonly resolved_at: Date | null;
  readonly resolved_as: ResolvedAs | null;
  readonly figures: Figures;
  readonly figures_at: Date;
  readonly peak_figure: string;
  readonly peak_value: number;
  readonly peak_at: Date;
  readonly finding: Finding | null;
  readonly reasons: readonly Reason[];
  readonly previous_id: string | null;
  readonly recurrence: number;
  readonly parent_id: string | null;
  readonly state: unknown;
  readonly version: number;
}

function stored(row: Row): StoredIncident {
  return {
    hostId: row.host_id,
    id: row.incident_id,
    rule: row.rule,
    key: row.key,
    severity: row.severity,
    subject: row.subject,
    service: row.service,
    beganAt: row.began_at.getTime(),
    openedAt: row.opened_at.getTime(),
    staleSince: row.stale_since?.getTime() ?? null,
    clearingSince: row.clearing_since?.getTime() ?? null,
    resolvedAt: row.resolved_at?.getTime() ?? null,
    resolvedAs: row.resolved_as,
    figures: row.figures,
    figuresAt: row.figures_at.getTime(),
    peak: { figure: row.peak_figure, value: row.peak_value, at: row.peak_at.getTime() },
    finding: row.finding,
    reasons: row.reasons,
    previousId: row.previous_id,
    recurrence: row.recurrence,
    parentId: row.parent_id,
    state: row.state,
    version: row.version,
  };
}

function columns(incident: KeptIncident): Record<Exclude<keyof Row, 'version'>, unknown> {
  const instant = (at: number | null): string | null => (at === null ? null : isoInstant(at));
  return {
    host_id: incident.hostId,
    incident_id: incident.id,
    rule: incident.rule,
    key: incident.key,
    severity: incident.severity,
    subject: incident.subject,
    service: incident.service,
    began_at: instant(incident.beganAt),
    opened_at: instant(incident.openedAt),
    stale_since: instant(incident.staleSince),
    clearing_since: instant(incident.clearingSince),
    resolved_at: instant(incident.resolvedAt),
    resolved_as: incident.resolvedAs,
    figures: incident.figures,
    figures_at: instant(incident.figuresAt),
    peak_figure: incident.peak.figure,
    peak_value: incident.peak.value,
    peak_at: instant(incident.peak.at),
    finding: incident.finding,
    reasons: incident.reasons,
    previous_id: incident.previousId,
    recurrence: incident.recurrence,
    parent_id: incident.parentId,
    state: incident.state,
  };
}
