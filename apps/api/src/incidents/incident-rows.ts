import { type Incident } from '@closewatch/protocol';
import { isoInstant } from '../time/clock.ts';

/** An incident and what is needed to decide who may know of it. */
export interface FoundIncident {
  readonly hostId: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly incident: Incident;
}

type Stored = Omit<
  Incident,
  'state' | 'beganAt' | 'openedAt' | 'staleSince' | 'resolvedAt' | 'figuresAt' | 'peak' | 'acknowledged'
> & {
  readonly hostNumber: number;
  readonly labels: Record<string, string>;
  readonly beganAt: Date;
  readonly openedAt: Date;
  readonly staleSince: Date | null;
  readonly resolvedAt: Date | null;
  readonly figuresAt: Date;
  readonly peakFigure: string;
  readonly peakValue: number;
  readonly peakAt: Date;
  readonly acknowledgedAt: Date | null;
  readonly acknowledgedBy: string | null;
};
export type IncidentRow = Stored;

/** Incidents with their hosts, as lists show them. */
export const SELECT_INCIDENTS = `
  SELECT incident_id AS id, incident.host_id AS "hostNumber", agent_id AS "hostId", hostname, labels, rule, severity,
         subject, service, began_at AS "beganAt", opened_at AS "openedAt", stale_since AS "staleSince",
         resolved_at AS "resolvedAt", resolved_as AS "resolvedAs", figures, figures_at AS "figuresAt",
         peak_figure AS "peakFigure", peak_value AS "peakValue", peak_at AS "peakAt", finding, reasons,
         acknowledged_at AS "acknowledgedAt", acknowledged_by AS "acknowledgedBy", owner, review,
         previous_id AS "previousId", recurrence, parent_id AS "parentId",
         (SELECT count(*)::integer
            FROM incident part
           WHERE part.host_id = incident.host_id AND part.parent_id = incident.incident_id) AS children,
         version
    FROM incident
    JOIN host ON host.host_id = incident.host_id`;

export function foundIncident(row: IncidentRow): FoundIncident {
  const { hostNumber, labels, peakFigure, peakValue, peakAt, acknowledgedAt, acknowledgedBy, ...rest } = row;
  const instant = (at: Date | null): string | null => (at === null ? null : isoInstant(at));
  return {
    hostId: hostNumber,
    labels,
    incident: {
      ...rest,
      state: row.resolvedAt === null ? 'open' : 'resolved',
      beganAt: isoInstant(row.beganAt),
      openedAt: isoInstant(row.openedAt),
      staleSince: instant(row.staleSince),
      resolvedAt: instant(row.resolvedAt),
      figuresAt: isoInstant(row.figuresAt),
      peak: { figure: peakFigure, value: peakValue, at: isoInstant(peakAt) },
      acknowledged: acknowledgedAt === null ? null : { at: isoInstant(acknowledgedAt), by: acknowledgedBy ?? '' },
    },
  };
}
