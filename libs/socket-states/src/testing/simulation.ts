import { type Detection } from '../detectors/detection.ts';
import { detectLeak } from '../detectors/leak-detector.ts';
import { emptyLeakWindow, remember, rememberDescriptors } from '../detectors/leak-memory.ts';
import { type LeakWindow } from '../detectors/leak-window.ts';
import { DEFAULT_THRESHOLDS, type Thresholds } from '../detectors/thresholds.ts';
import { advance } from '../incidents/advance.ts';
import { type IncidentChange, type OpenIncident, type ResolvedIncident } from '../incidents/open-incident.ts';
import { type Finding } from '../verdicts/verdict.ts';
import { leakSamples } from './leak-samples.ts';
import { type Lifetime } from './lifetimes.ts';

/** One leak key on simulated time, milliseconds. */
export interface SimulatedLeak {
  readonly lifetimes: readonly Lifetime[];
  readonly from: number;
  readonly until: number;
  /** 5 s where it is left out. */
  readonly intervalMs?: number;
  /** Descriptors of the process beside these connections, and its limit. */
  readonly descriptors?: { readonly others: number; readonly limit: number };
  /** When its process was started anew (see restartedAt of lifetimes). */
  readonly restarts?: readonly number[];
  readonly finding?: Finding;
  readonly thresholds?: Thresholds;
  /** When its host is not heard: no samples then. */
  readonly silent?: readonly { readonly from: number; readonly until: number }[];
}

/** What was seen at one instant. */
export interface SimulatedStep {
  readonly at: number;
  readonly detection: Detection | null;
  readonly incident: OpenIncident | null;
}

export interface SimulationResult {
  readonly steps: readonly SimulatedStep[];
  readonly events: readonly IncidentChange[];
  readonly incidents: { readonly opened: number; readonly reopened: number };
  /** First instant of a warning or worse, and of critical. */
  readonly warnedAt: number | null;
  readonly criticalAt: number | null;
}

/** From lifetimes to samples, windows, detections and incidents: the code that runs live, on simulated time. */
export function simulateLeak(leak: SimulatedLeak): SimulationResult {
  const { intervalMs = 5_000, thresholds = DEFAULT_THRESHOLDS, restarts = [], silent = [] } = leak;
  const steps: SimulatedStep[] = [];
  const events: IncidentChange[] = [];
  const incidents = { opened: 0, reopened: 0 };
  let window: LeakWindow = emptyLeakWindow(intervalMs);
  let incident: OpenIncident | null = null;
  let lastResolved: ResolvedIncident | null = null;
  for (const { sample, alive } of leakSamples(leak.lifetimes, instantsOf(leak, intervalMs), thresholds.leak)) {
    const { at } = sample;
    const silence = silent.find(({ from, until }) => at >= from && at < until);
    let detection: Detection | null = null;
    const startedAt = restarts.findLast((restart) => restart <= at) ?? null;
    if (silence === undefined) {
      window = remember(window, sample);
      if (leak.descriptors !== undefined) {
        const { others, limit } = leak.descriptors;
        window = rememberDescriptors(window, { at, used: others + alive, limit, heldShare: 1 });
      }
      const circumstances = { finding: leak.finding ?? null, acceptQueue: null, restartedAt: startedAt };
      detection = { rule: 'leak', key: 'simulated', ...detectLeak(window, circumstances, at, thresholds.leak) };
    }
    const hostSilentSince =
      silence !== undefined && at - silence.from >= thresholds.hostSilent.silentMs ? silence.from : null;
    const next = advance(
      incident,
      detection,
      { at, hostSilentSince, restartedAt: startedAt, lastResolved },
      thresholds.incidents,
    );
    events.push(...next.events);
    if (next.outcome === 'opened') incidents.opened += 1;
    if (next.outcome === 'reopened') incidents.reopened += 1;
    if (next.outcome === 'resolved' && next.incident !== null && next.resolvedAs !== null) {
      lastResolved = { id: 'simulated', resolvedAt: at, resolvedAs: next.resolvedAs, incident: next.incident };
      incident = null;
    } else {
      incident = next.incident;
    }
    steps.push({ at, detection, incident });
  }
  const firstOf = (levels: readonly string[]): number | null =>
    steps.find(({ detection }) => detection !== null && levels.includes(detection.level))?.at ?? null;
  return { steps, events, incidents, warnedAt: firstOf(['warning', 'critical']), criticalAt: firstOf(['critical']) };
}

function* instantsOf({ from, until }: SimulatedLeak, intervalMs: number): Generator<number> {
  for (let at = from; at <= until; at += intervalMs) yield at;
}
