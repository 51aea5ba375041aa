import { type INCIDENT_EVIDENCE_KINDS, type IncidentEvent, type IncidentSubject } from '@closewatch/protocol';
import { type Figures, type Finding, type Reason, type Rule } from '@closewatch/socket-states';

export type Severity = 'warning' | 'critical';
export type ResolvedAs = 'recovered' | 'restart' | 'by_hand' | 'host_gone';

/** An incident as its rule keeps it. Instants are milliseconds since the epoch. */
export interface KeptIncident {
  readonly hostId: number;
  readonly id: string;
  readonly rule: Rule;
  /** Of one key of a host and rule no two are open. */
  readonly key: string;
  readonly severity: Severity;
  readonly subject: IncidentSubject;
  /** Short name of what it is about. */
  readonly service: string;
  readonly beganAt: number;
  readonly openedAt: number;
  readonly staleSince: number | null;
  readonly clearingSince: number | null;
  readonly resolvedAt: number | null;
  readonly resolvedAs: ResolvedAs | null;
  readonly figures: Figures;
  readonly figuresAt: number;
  readonly peak: { readonly figure: string; readonly value: number; readonly at: number };
  readonly finding: Finding | null;
  readonly reasons: readonly Reason[];
  readonly previousId: string | null;
  readonly recurrence: number;
  readonly parentId: string | null;
  /** What the rule remembers: plain JSON. */
  readonly state: unknown;
}

/** One that is stored. Its version rises with each change, whoever makes it. */
export interface StoredIncident extends KeptIncident {
  readonly version: number;
}

/** Something that happened to an incident, about to be written to its timeline; `by` null: Closewatch itself. */
export interface NewIncidentEvent {
  readonly hostId: number;
  readonly incidentId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly kind: IncidentEvent['kind'];
  readonly by: string | null;
  /** Markdown, of notes. */
  readonly text: string | null;
  readonly content: Readonly<Record<string, unknown>>;
}

export interface NewIncidentEvidence {
  readonly hostId: number;
  readonly incidentId: string;
  /** Milliseconds since the epoch. */
  readonly capturedAt: number;
  readonly kind: (typeof INCIDENT_EVIDENCE_KINDS)[number];
  readonly content: unknown;
}
