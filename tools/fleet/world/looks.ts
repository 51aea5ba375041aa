import { type HostPlan, type Place } from './host.ts';
import { keyFor, mix } from './random.ts';
import { runAt, type Run } from './timeline.ts';

/** Other network namespaces are looked at this often, or with every look where looks are rarer. */
const OTHERS_EVERY_MS = 30_000;
/** Looks come some milliseconds after they are due. */
const DELAY_MS = 12;

/** A look of an agent: the `number`th since 1970 by its interval, the `nth` of its run. Instants in milliseconds. */
export interface Look {
  readonly number: number;
  readonly nth: number;
  readonly atMs: number;
  readonly run: Run;
}

/** The number of the first look that is due at an instant or later. */
export function lookFrom(plan: HostPlan, intervalMs: number, atMs: number): number {
  return Math.ceil(atMs / intervalMs - plan.phase);
}

/** When a look is due. */
export function dueAt(plan: HostPlan, intervalMs: number, number: number): number {
  return (number + plan.phase) * intervalMs;
}

/** When it looks: a little later than it is due. */
export function lookedAt(plan: HostPlan, intervalMs: number, number: number): number {
  const delay = mix(keyFor(plan.key, 'look'), number) % DELAY_MS;
  return Math.ceil(dueAt(plan, intervalMs, number)) + 1 + delay;
}

/** The look of this number; undefined while the host or its agent is away. */
export function lookAt(plan: HostPlan, intervalMs: number, number: number): Look | undefined {
  const run = runAt(plan, dueAt(plan, intervalMs, number), intervalMs);
  if (run === undefined) return undefined;
  const nth = number - lookFrom(plan, intervalMs, run.startedMs);
  return { number, nth, atMs: lookedAt(plan, intervalMs, number), run };
}

/** So many looks of the agent's own namespace for one of the others. */
export function turnOf(intervalMs: number): number {
  return Math.max(1, Math.round(OTHERS_EVERY_MS / intervalMs));
}

/** Whether a place has its turn in a look. */
export function hasTurn(place: Place, look: Look, intervalMs: number): boolean {
  return place.netns === 0 || look.nth % turnOf(intervalMs) === 0;
}

/** The snapshot of a place, numbered within its run without gaps: the own namespace first, then the others in order. */
export function seqOf(plan: HostPlan, place: Place, { nth }: Look, intervalMs: number): number {
  const others = plan.places.length - 1;
  return nth + others * Math.ceil(nth / turnOf(intervalMs)) + place.netns;
}
