import { type Detection } from '../detectors/detection.ts';
import { type IncidentThresholds } from '../detectors/thresholds.ts';
import { type Advance, type Circumstances } from './advance.ts';
import { type OpenIncident, type ResolvedIncident, type Severity } from './open-incident.ts';
import { peakOf } from './peak.ts';

const NOTHING: Advance = { outcome: 'none', incident: null, events: [], previous: null, resolvedAs: null };

/** What becomes of a key without an open incident. Of a silent host nothing is opened, but that it is silent. */
export function begun(
  detection: Detection | null,
  circumstances: Circumstances,
  thresholds: IncidentThresholds,
): Advance {
  const { at, hostSilentSince, restartedAt, lastResolved } = circumstances;
  if (detection === null || (detection.level !== 'warning' && detection.level !== 'critical')) return NOTHING;
  if (hostSilentSince !== null && detection.rule !== 'host_silent') return NOTHING;
  const severity = detection.level;
  if (lastResolved !== null) {
    if (isSilenced(lastResolved, severity, circumstances, thresholds)) return NOTHING;
    if (at - lastResolved.resolvedAt <= thresholds.reopenWithinMs) {
      return goneOn(lastResolved, detection, severity, at, restartedAt);
    }
  }
  const { rule, key, figures, reasons } = detection;
  const incident: OpenIncident = {
    rule,
    key,
    severity,
    beganAt: Math.min(detection.beganAt ?? at, at),
    openedAt: at,
    staleSince: null,
    quietSince: null,
    clearingSince: null,
    easingSince: null,
    restartedAt,
    figures,
    figuresAt: at,
    peak: peakOf(null, detection, at),
    reasons,
    reopened: 0,
  };
  const event = { kind: 'opened', at, content: { severity, figures } } as const;
  return { outcome: 'opened', incident, events: [event], previous: lastResolved, resolvedAs: null };
}

/**
 * Somebody said that it is done with: it is not told again at once, unless it gets worse. That a host is silent is told
 * again only when it has been heard meanwhile: it may be out of service.
 */
function isSilenced(
  { resolvedAs, resolvedAt, incident }: ResolvedIncident,
  severity: Severity,
  { at, hostSilentSince }: Circumstances,
  { byHandSilenceMs }: IncidentThresholds,
): boolean {
  if (resolvedAs !== 'by_hand') return false;
  if (incident.rule === 'host_silent' && hostSilentSince !== null && hostSilentSince <= resolvedAt) return true;
  const isWorse = severity === 'critical' && incident.severity === 'warning';
  return at - resolvedAt <= byHandSilenceMs && !isWorse;
}

function goneOn(
  previous: ResolvedIncident,
  detection: Detection,
  severity: Severity,
  at: number,
  restartedAt: number | null,
): Advance {
  const { figures, reasons } = detection;
  const before = previous.incident;
  const incident: OpenIncident = {
    ...before,
    severity,
    staleSince: null,
    quietSince: null,
    clearingSince: null,
    easingSince: null,
    restartedAt: restartedAt ?? before.restartedAt,
    figures,
    figuresAt: at,
    peak: peakOf(before.peak, detection, at),
    reasons,
    reopened: before.reopened + 1,
  };
  const content = { severity, figures, resolvedAs: previous.resolvedAs };
  return {
    outcome: 'reopened',
    incident,
    events: [{ kind: 'reopened', at, content }],
    previous,
    resolvedAs: null,
  };
}
