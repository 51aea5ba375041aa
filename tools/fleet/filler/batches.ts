import { agentOf, type HostPlan } from '../world/host.ts';
import { dueAt, lookFrom } from '../world/looks.ts';
import { roundAt } from '../world/snapshot.ts';
import { type Telling } from '../world/telling.ts';
import { runAt } from '../world/timeline.ts';
import { type PushHead } from './push-client.ts';

/** A push in the making: snapshots of one run, each as its JSON. */
export interface Batch {
  readonly head: PushHead;
  readonly snapshots: readonly string[];
}

/** What the protocol takes in one push, and how much JSON of it. */
const MOST_SNAPSHOTS = 1_000;
const MOST_CHARACTERS = 4 * 1024 * 1024;

/** A part of the past of a host: looks due from `fromMs` on, before `untilMs`. */
export interface Past {
  readonly plan: HostPlan;
  readonly telling: Telling;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Tells at its end of the connections that are open then. */
  readonly tellsOpen: boolean;
}

/** How many looks there are in it, those that were missed included. */
export function looksIn({ plan, telling, fromMs, untilMs }: Past): number {
  return lookFrom(plan, telling.intervalMs, untilMs) - lookFrom(plan, telling.intervalMs, fromMs);
}

/**
 * The past of a host in pushes, oldest first. A connection is told of when it ends, with its whole life; what is open when
 * a run ends, or at the end of all, is told then.
 */
export function* batchesOf(past: Past): Generator<Batch> {
  const { plan, telling, fromMs, untilMs, tellsOpen } = past;
  const { intervalMs } = telling;
  const end = lookFrom(plan, intervalMs, untilMs);
  let head: PushHead | undefined;
  let snapshots: string[] = [];
  let characters = 0;
  for (let number = lookFrom(plan, intervalMs, fromMs); number < end; number++) {
    const next = runAt(plan, dueAt(plan, intervalMs, number + 1), intervalMs);
    const run = runAt(plan, dueAt(plan, intervalMs, number), intervalMs);
    const isLast = (tellsOpen && number + 1 === end) || next?.runId !== run?.runId;
    const round = roundAt(plan, number, telling, isLast);
    if (round === undefined) continue;
    const { runId, bootId } = round.run;
    const isFull = snapshots.length + round.snapshots.length > MOST_SNAPSHOTS || characters > MOST_CHARACTERS;
    if (head !== undefined && (isFull || head.runId !== runId)) {
      yield { head, snapshots };
      [head, snapshots, characters] = [undefined, [], 0];
    }
    head ??= { agentId: plan.agentId, runId, bootId, agent: agentOf(plan) };
    for (const snapshot of round.snapshots) {
      const text = JSON.stringify(snapshot);
      snapshots.push(text);
      characters += text.length;
    }
  }
  if (head !== undefined) yield { head, snapshots };
}
