import { type Detection } from '../detectors/detection.ts';
import { type IncidentThresholds } from '../detectors/thresholds.ts';
import { type IncidentChange, type OpenIncident, type ResolvedAs, type ResolvedIncident } from './open-incident.ts';

/** What an incident meets besides its detection. Instants are milliseconds since the epoch. */
export interface Circumstances {
  readonly at: number;
  /** Null: the host is heard. */
  readonly hostSilentSince: number | null;
  /** When the newest process of its service started, told by an agent's event; null: not known, or no service. */
  readonly restartedAt: number | null;
  /** The newest resolved incident of the same key; only asked for while none is open. */
  readonly lastResolved: ResolvedIncident | null;
}

/**
 * What becomes of the incident of a key.
 * - `none`: there is none, or nothing of it changed that is worth a write.
 * - `opened`: a new one; `previous` is the one before it of the same key, if any.
 * - `reopened`: `previous` goes on, as `incident`.
 * - `changed`: write `incident`. `resolved`: write it too; it ended as `resolvedAs`.
 */
export interface Advance {
  readonly outcome: 'none' | 'opened' | 'reopened' | 'changed' | 'resolved';
  readonly incident: OpenIncident | null;
  readonly events: readonly IncidentChange[];
  readonly previous: ResolvedIncident | null;
  readonly resolvedAs: ResolvedAs | null;
}

/** The next state of a key's incident. `detection` null: nothing is known at this instant (its host is silent). */
export function advance(
  open: OpenIncident | null,
  _detection: Detection | null,
  _circumstances: Circumstances,
  _thresholds: IncidentThresholds,
): Advance {
  return { outcome: 'none', incident: open, events: [], previous: null, resolvedAs: null };
}
