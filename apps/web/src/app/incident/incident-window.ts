import type { Incident } from '@closewatch/protocol';

export interface TimeWindow {
  /** Milliseconds since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
}

const MINUTE_MS = 60_000;
/** What was before and after is shown for a part of its length, within these. */
const BEFORE = { share: 0.25, leastMs: 10 * MINUTE_MS, mostMs: 120 * MINUTE_MS };
const AFTER = { share: 0.1, leastMs: 5 * MINUTE_MS, mostMs: 60 * MINUTE_MS };
/** An open incident is read anew at this pace at the most, and no more often than a chart of it can show. */
const PACE_MS = 10_000;
const STEPS = 300;

/** The time of an incident and some around it. Its end moves on in steps while the incident is open. */
export function incidentWindow(
  { beganAt, resolvedAt }: Pick<Incident, 'beganAt' | 'resolvedAt'>,
  nowMs: number,
): TimeWindow {
  const beganMs = Date.parse(beganAt);
  const endMs = resolvedAt === null ? nowMs : Date.parse(resolvedAt);
  const lengthMs = Math.max(0, endMs - beganMs);
  const fromMs = beganMs - whole(within(BEFORE, lengthMs));
  const wantedMs = resolvedAt === null ? nowMs : Math.min(nowMs, endMs + within(AFTER, lengthMs));
  const paceMs = Math.max(PACE_MS, 1_000 * Math.round((wantedMs - fromMs) / STEPS / 1_000));
  return { fromMs, toMs: fromMs + Math.max(1, Math.floor((wantedMs - fromMs) / paceMs)) * paceMs };
}

function within({ share, leastMs, mostMs }: typeof BEFORE, lengthMs: number): number {
  return Math.min(mostMs, Math.max(leastMs, share * lengthMs));
}

/** In steps of ten minutes: the beginning of the window stands still while the incident goes on. */
function whole(ms: number): number {
  return 10 * MINUTE_MS * Math.round(ms / (10 * MINUTE_MS));
}
