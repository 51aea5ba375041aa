import { type Detection } from '../detectors/detection.ts';
import { type IncidentThresholds } from '../detectors/thresholds.ts';
import { type Advance, type Circumstances } from './advance.ts';
import { type IncidentChange, type OpenIncident, type ResolvedAs } from './open-incident.ts';
import { peakOf } from './peak.ts';

/** A time that leads (how long a host is silent, how far its clock is off) is news when it differs by more. */
const LEADING_TIME_SHARE = 0.05;

/** By so much a start may be dated differently later, when a clock was set or is measured anew. */
const SAME_START_MS = 5_000;

interface Step {
  incident: OpenIncident;
  readonly events: IncidentChange[];
  resolvedAs: ResolvedAs | null;
}

/** What becomes of an open incident. */
export function carriedOn(
  open: OpenIncident,
  detection: Detection | null,
  circumstances: Circumstances,
  thresholds: IncidentThresholds,
): Advance {
  const step: Step = { incident: open, events: [], resolvedAs: null };
  const { at, hostSilentSince } = circumstances;
  if (hostSilentSince !== null && at - hostSilentSince >= thresholds.hostGoneMs) {
    resolve(step, 'host_gone', at);
    if (detection !== null) tellFigures(step, open, detection, at, thresholds.figuresEveryMs);
  } else if (hostSilentSince !== null && open.rule !== 'host_silent') {
    // Nothing is known of a silent host: its incidents neither get better nor worse meanwhile.
    goStale(step, hostSilentSince, at);
  } else if (detection !== null) {
    goFresh(step, at);
    tellRestart(step, circumstances);
    weigh(step, detection, at, thresholds);
    settle(step, detection, circumstances, thresholds);
    tellFigures(step, open, detection, at, thresholds.figuresEveryMs);
  }
  const { incident, events, resolvedAs } = step;
  const outcome = resolvedAs !== null ? 'resolved' : incident === open ? 'none' : 'changed';
  return { outcome, incident, events, previous: null, resolvedAs };
}

function goStale(step: Step, since: number, at: number): void {
  if (step.incident.staleSince !== null) return;
  step.incident = { ...step.incident, staleSince: since, quietSince: null, clearingSince: null, easingSince: null };
  step.events.push({ kind: 'stale', at, content: { since } });
}

function goFresh(step: Step, at: number): void {
  const { staleSince } = step.incident;
  if (staleSince === null) return;
  step.incident = { ...step.incident, staleSince: null };
  step.events.push({ kind: 'fresh', at, content: { staleSince } });
}

function tellRestart(step: Step, { at, restartedAt }: Circumstances): void {
  const { incident } = step;
  if (restartedAt === null || restartedAt <= incident.openedAt) return;
  if (restartedAt <= (incident.restartedAt ?? -Infinity) + SAME_START_MS) return;
  step.incident = { ...incident, restartedAt };
  step.events.push({ kind: 'restart', at, content: { startedAt: restartedAt } });
}

/** Escalated at once; eased when it has been less than critical for a while. */
function weigh(step: Step, { level, figures }: Detection, at: number, { easeAfterMs }: IncidentThresholds): void {
  const { incident } = step;
  if (level === 'critical') {
    if (incident.easingSince !== null) step.incident = { ...incident, easingSince: null };
    if (incident.severity === 'critical') return;
    step.incident = { ...incident, severity: 'critical', easingSince: null };
    step.events.push({ kind: 'escalated', at, content: { severity: 'critical', figures } });
  } else if (incident.severity === 'critical') {
    const easingSince = incident.easingSince ?? at;
    if (at - easingSince >= easeAfterMs) {
      step.incident = { ...incident, severity: 'warning', easingSince: null };
      step.events.push({ kind: 'eased', at, content: { severity: 'warning' } });
    } else if (incident.easingSince === null) {
      step.incident = { ...incident, easingSince };
    }
  }
}

/** Quiet for a while: clearing. Quiet for longer, or by a restart: resolved. */
function settle(step: Step, detection: Detection, circumstances: Circumstances, thresholds: IncidentThresholds): void {
  const { incident } = step;
  const { at, restartedAt } = circumstances;
  if (!detection.quiet) {
    if (incident.quietSince === null) return;
    step.incident = { ...incident, quietSince: null, clearingSince: null };
    if (incident.clearingSince !== null) {
      step.events.push({
        kind: 'reopened',
        at,
        content: { severity: incident.severity, clearingSince: incident.clearingSince },
      });
    }
    return;
  }
  const quietSince = incident.quietSince ?? at;
  const isRestart =
    restartedAt !== null &&
    restartedAt >= incident.openedAt &&
    restartedAt >= quietSince - thresholds.restartNearMs &&
    at >= restartedAt;
  if (isRestart) return resolve(step, 'restart', at);
  const clearingSince = at - quietSince >= thresholds.quietMs ? (incident.clearingSince ?? at) : null;
  if (clearingSince !== null && at - clearingSince >= thresholds.holdMs) return resolve(step, 'recovered', at);
  if (incident.quietSince === null || clearingSince !== incident.clearingSince) {
    step.incident = { ...incident, quietSince, clearingSince };
  }
  if (clearingSince !== null && incident.clearingSince === null) {
    step.events.push({ kind: 'clearing', at, content: { quietSince } });
  }
}

function resolve(step: Step, resolvedAs: ResolvedAs, at: number): void {
  step.resolvedAs = resolvedAs;
  step.incident = { ...step.incident, staleSince: null };
  step.events.push({ kind: 'resolved', at, content: { resolvedAs } });
}

/** Figures go with what else is written; figures that are news are written by themselves, not too often. */
function tellFigures(step: Step, open: OpenIncident, detection: Detection, at: number, everyMs: number): void {
  const { incident } = step;
  const isWritten = incident !== open;
  const isNews = at - incident.figuresAt >= everyMs && areNews(incident, detection);
  if ((!isWritten && !isNews) || Object.keys(detection.figures).length === 0) return;
  step.incident = {
    ...incident,
    figures: detection.figures,
    figuresAt: at,
    // While it calms down, why it was told is what people want to read.
    reasons: detection.level === 'warning' || detection.level === 'critical' ? detection.reasons : incident.reasons,
    peak: peakOf(incident.peak, detection, at),
  };
}

/** Times (ages, how long there is left) run by themselves and are no news alone; one that leads is, by a twentieth. */
function areNews({ figures: before }: OpenIncident, { figures, leading }: Detection): boolean {
  return Object.entries(figures).some(([name, value]) => {
    const known = before[name] ?? null;
    if (!name.endsWith('Ms')) return value !== known;
    return name === leading && Math.abs((value ?? 0) - (known ?? 0)) > LEADING_TIME_SHARE * Math.abs(known ?? 0);
  });
}
