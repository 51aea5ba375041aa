import { randomUUID } from 'node:crypto';
import { type OpenIncident } from '@closewatch/socket-states';
import { type KeptIncident, type NewIncidentEvent, type StoredIncident } from '../incidents/kept-incident.ts';
import { type CapturedBecause } from './evidence-captures.ts';
import { type Decision, type HostMoment } from './incident-decision.ts';

/** An incident as it is to be stored, and what its timeline is to tell. */
export interface KeptDecision {
  /** Null: it is a new one. */
  readonly version: number | null;
  readonly incident: KeptIncident;
  readonly events: readonly NewIncidentEvent[];
  /** Why what there is to be seen is to be gathered; null: it is not. */
  readonly gathers: CapturedBecause | null;
}

/** What is to be stored of a decision; `parentId`: the incident of the starved host that it is a part of. */
export function keptDecision(
  { stored, found, previous, advance, verdict }: Decision,
  { hostId, now }: HostMoment,
  parentId: string | null,
): KeptDecision | undefined {
  const { outcome, incident: open } = advance;
  const machine = open ?? (stored?.state as OpenIncident | undefined);
  if (machine === undefined) return undefined;
  const incident =
    stored === null ? newIncident(machine, found, previous, hostId) : changedIncident(stored, found, verdict);
  if (incident === undefined) return undefined;
  const isResolved = outcome === 'resolved';
  const kept: KeptIncident = {
    ...incident,
    severity: machine.severity,
    beganAt: machine.beganAt,
    staleSince: machine.staleSince,
    clearingSince: isResolved ? null : machine.clearingSince,
    resolvedAt: isResolved ? now : null,
    resolvedAs: isResolved ? advance.resolvedAs : null,
    figures: machine.figures,
    figuresAt: machine.figuresAt,
    peak: machine.peak,
    reasons: machine.reasons,
    parentId: incident.parentId ?? parentId,
    state: machine,
  };
  const events = advance.events.map(({ kind, at, content }) => ({ ...eventOf(kept, at), kind, content }));
  if (verdict !== null) {
    const { verdict: name, confidence } = verdict;
    const content = { verdict: name, confidence, before: stored?.finding?.verdict ?? null };
    events.push({ ...eventOf(kept, now), kind: 'verdict_changed', content } as never);
  }
  const gathers = isResolved ? null : becauseOf(advance, verdict);
  return { version: stored?.version ?? null, incident: kept, events, gathers };
}

function becauseOf({ outcome, events }: Decision['advance'], verdict: Decision['verdict']): CapturedBecause | null {
  if (outcome === 'reopened') return 'reopened';
  const told = events.map(({ kind }) => kind).find((kind) => kind === 'opened' || kind === 'escalated');
  return told ?? (verdict === null ? null : 'verdict_changed');
}

function eventOf({ hostId, id }: KeptIncident, at: number): Omit<NewIncidentEvent, 'kind' | 'content'> {
  return { hostId, incidentId: id, at, by: null, text: null };
}

/** What a machine does not know of an incident; the rest is put in by {@link keptDecision}. */
function newIncident(
  machine: OpenIncident,
  found: Decision['found'],
  previous: StoredIncident | null,
  hostId: number,
): KeptIncident | undefined {
  if (found === null) return undefined;
  return {
    ...machine,
    hostId,
    id: randomUUID(),
    subject: found.subject,
    service: found.service,
    resolvedAt: null,
    resolvedAs: null,
    finding: found.finding,
    previousId: previous?.id ?? null,
    recurrence: previous === null ? 0 : previous.recurrence + 1,
    parentId: null,
    state: machine,
  };
}

/** Of the same verdict the newest reasons, of another what is settled. */
function changedIncident(
  stored: StoredIncident,
  found: Decision['found'],
  verdict: Decision['verdict'],
): StoredIncident {
  const same = found?.finding?.verdict === stored.finding?.verdict ? found?.finding : undefined;
  return { ...stored, finding: verdict ?? same ?? stored.finding };
}
