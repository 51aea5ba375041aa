import { type Detection } from '../detectors/detection.ts';
import { type IncidentThresholds } from '../detectors/thresholds.ts';
import { carriedOn } from './carry-on.ts';
import { type IncidentChange, type OpenIncident, type ResolvedAs, type ResolvedIncident } from './open-incident.ts';
import { begun } from './open-or-reopen.ts';

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

/**
 * The next state of a key's incident. `detection` null: nothing is known at this instant (its host is silent). Called
 * twice with the same instant and detection, the second call has nothing to say: a server that died after its write does
 * not tell anything twice.
 */
export function advance(
  open: OpenIncident | null,
  detection: Detection | null,
  circumstances: Circumstances,
  thresholds: IncidentThresholds,
): Advance {
  return open === null
    ? begun(detection, circumstances, thresholds)
    : carriedOn(open, detection, circumstances, thresholds);
}
