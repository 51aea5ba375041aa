import { type Figures, type Rule } from '../detectors/detection.ts';
import { type Reason } from '../verdicts/verdict.ts';

export type Severity = 'warning' | 'critical';
/** `host_gone`: nothing was heard of its host for days. */
export type ResolvedAs = 'recovered' | 'restart' | 'by_hand' | 'host_gone';

/**
 * An incident that is open, as the machine knows it: plain JSON, all of it kept, so that a restart of the server forgets
 * nothing. Instants are milliseconds since the epoch.
 */
export interface OpenIncident {
  readonly rule: Rule;
  readonly key: string;
  readonly severity: Severity;
  readonly beganAt: number;
  readonly openedAt: number;
  /** Since when its host is silent. */
  readonly staleSince: number | null;
  /** Since when it is well under its trigger; and since when for so long that it clears. */
  readonly quietSince: number | null;
  readonly clearingSince: number | null;
  /** Since when it is less than critical. */
  readonly easingSince: number | null;
  /** The last start of its service that its timeline tells. */
  readonly restartedAt: number | null;
  readonly figures: Figures;
  readonly figuresAt: number;
  readonly peak: { readonly figure: string; readonly value: number; readonly at: number };
  readonly reasons: readonly Reason[];
  /** How often it came back, each time so soon that it is the same one. */
  readonly reopened: number;
}

/** The newest resolved incident of a key. */
export interface ResolvedIncident {
  readonly id: string;
  readonly resolvedAt: number;
  readonly resolvedAs: ResolvedAs;
  /** As it was when it was resolved. */
  readonly incident: OpenIncident;
}

/** What the machine itself puts into a timeline; the other kinds are people's. */
export type IncidentChangeKind =
  'opened' | 'escalated' | 'eased' | 'stale' | 'fresh' | 'restart' | 'clearing' | 'reopened' | 'resolved';

export interface IncidentChange {
  readonly kind: IncidentChangeKind;
  readonly at: number;
  /** severity, resolvedAs, figures, startedAt: what changed, for its words. */
  readonly content: Readonly<Record<string, unknown>>;
}
