import { SEVERITIES, type Incident } from '@closewatch/protocol';
import { RULES } from '@closewatch/socket-states';

export const FILTER_STATES = ['open', 'resolved', 'all'] as const;
export type FilterState = (typeof FILTER_STATES)[number];
export type Severity = Incident['severity'];

/** Which incidents are listed. `host` and `service` are names; null: any. */
export interface IncidentFilter {
  readonly state: FilterState;
  readonly severity: Severity | null;
  readonly rule: Incident['rule'] | null;
  readonly host: string | null;
  readonly service: string | null;
}

/** The filter as it stands in the URL; anything that is none is left out. */
export function filterOf(parameters: Readonly<Partial<Record<keyof IncidentFilter, string>>>): IncidentFilter {
  return {
    state: FILTER_STATES.find((state) => state === parameters.state) ?? 'open',
    severity: SEVERITIES.find((severity) => severity === parameters.severity) ?? null,
    rule: RULES.find((rule) => rule === parameters.rule) ?? null,
    host: parameters.host || null,
    service: parameters.service || null,
  };
}

/** As parameters of `GET /api/v1/incidents`. */
export function parametersOf(filter: IncidentFilter): Record<string, string> {
  return Object.fromEntries(Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== null));
}

/** Whether something beside the state narrows the list. */
export function isNarrow({ severity, rule, host, service }: IncidentFilter): boolean {
  return [severity, rule, host, service].some((value) => value !== null);
}

/** Whether an incident that was told live belongs into the list. */
export function admits(filter: IncidentFilter, incident: Incident): boolean {
  return (
    (filter.state === 'all' || filter.state === incident.state) &&
    (filter.severity ?? incident.severity) === incident.severity &&
    (filter.rule ?? incident.rule) === incident.rule &&
    (filter.host === null || [incident.hostId, incident.hostname].includes(filter.host)) &&
    (filter.service ?? incident.service) === incident.service
  );
}
