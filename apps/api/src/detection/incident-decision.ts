import {
  advance,
  type Advance,
  type Detection,
  type Finding,
  type OpenIncident,
  type ResolvedIncident,
  type Thresholds,
} from '@closewatch/socket-states';
import { type KeptIncident, type StoredIncident } from '../incidents/kept-incident.ts';
import { type HostDetection } from './host-detection.ts';
import { isHarmless } from './seen-leak.ts';

/** What holds for a host while its incidents are decided about; milliseconds since the epoch. */
export interface HostMoment {
  readonly hostId: number;
  readonly now: number;
  /** Null: it is heard. */
  readonly silentSince: number | null;
}

/** What becomes of the incident of a key. */
export interface Decision {
  /** As it is stored; of one that is reopened as it was resolved; null: there is none. */
  readonly stored: StoredIncident | null;
  /** Null: nothing is seen of its key, or its host is silent. */
  readonly found: HostDetection | null;
  /** The newest resolved one of the key, or of the container that was replaced, where it was asked for. */
  readonly previous: StoredIncident | null;
  readonly advance: Advance;
  /** Another verdict than the one that is stored. */
  readonly verdict: Finding | null;
}

/** What a rule remembers of an incident, as it is stored. */
export const machineOf = ({ state }: Pick<KeptIncident, 'state'>): OpenIncident => state as OpenIncident;

/** Of an open incident of whose key nothing is seen: all is well. */
export function nothingOf({ rule, key, peak }: StoredIncident): Detection {
  return { rule, key, level: 'none', quiet: true, figures: {}, leading: peak.figure, beganAt: null, reasons: [] };
}

/**
 * Decides about one key. `lastResolved`: its newest resolved incident, asked for where a new one would open. `isSettled`:
 * whether another verdict stands long enough to be told.
 */
export function decide(
  stored: StoredIncident | null,
  found: HostDetection | null,
  lastResolved: StoredIncident | null,
  { now, silentSince }: HostMoment,
  { incidents }: Pick<Thresholds, 'incidents'>,
  isSettled: (verdict: Finding) => boolean,
): Decision {
  const detection = found?.detection ?? (stored === null || silentSince !== null ? null : nothingOf(stored));
  const step = advance(
    stored === null ? null : machineOf(stored),
    detection,
    {
      at: now,
      hostSilentSince: silentSince,
      restartedAt: found?.restartedAt ?? null,
      lastResolved: lastResolved === null ? null : resolved(lastResolved),
    },
    incidents,
  );
  const isReopened = step.outcome === 'reopened';
  const isGoing = stored !== null && step.outcome !== 'resolved' && detection?.quiet === false;
  const verdict = isGoing ? anotherVerdict(stored.finding, found?.finding ?? null) : null;
  return {
    stored: isReopened ? lastResolved : stored,
    found,
    previous: lastResolved,
    advance: step,
    verdict: verdict !== null && isSettled(verdict) ? verdict : null,
  };
}

function resolved(incident: StoredIncident): ResolvedIncident {
  return {
    id: incident.id,
    resolvedAt: incident.resolvedAt ?? incident.openedAt,
    resolvedAs: incident.resolvedAs ?? 'recovered',
    incident: machineOf(incident),
  };
}

/** That what is left of a leak is no fault, or not known, does not say why it leaked. */
function anotherVerdict(known: Finding | null, found: Finding | null): Finding | null {
  if (found === null || found.verdict === known?.verdict) return null;
  return isHarmless(found) || (known !== null && found.verdict === 'unknown') ? null : found;
}

/** Whether a decision is to be written. */
export const isNews = ({ advance: { outcome }, verdict }: Decision): boolean => outcome !== 'none' || verdict !== null;
