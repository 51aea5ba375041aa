import { HARMLESS_VERDICTS, type Finding, type Reason } from '../verdicts/verdict.ts';
import { type Detected, type Level } from './detection.ts';
import { perHour, timeLeftMs } from './forecast.ts';
import { newWithin } from './leak-arrivals.ts';
import { type LeakGrowth, growthOf } from './leak-growth.ts';
import { type LeakWindow } from './leak-window.ts';
import { type LeakThresholds } from './thresholds.ts';

/** What is known of a leak key besides its window. Instants are milliseconds since the epoch. */
export interface LeakCircumstances {
  /** Why its connections do not close; null: not judged. */
  readonly finding: Finding | null;
  /** Never accepted: the queue they wait in. They hold no descriptor and are left out of the time left. */
  readonly acceptQueue: { readonly length: number; readonly limit: number | null } | null;
  /** When the newest of its processes started: what was before counts for nothing now. */
  readonly restartedAt: number | null;
}

/** How many leaked sockets are worth a warning: few, and fewer where descriptors are few. */
export function leakTrigger(descriptorLimit: number | null, { trigger }: LeakThresholds): number {
  const share = (descriptorLimit ?? Infinity) * trigger.descriptorShare;
  return Math.ceil(Math.max(trigger.least, Math.min(share, trigger.most)));
}

/** Whether a service leaks: suspect, warning, critical. A `finding` that is no fault: it does not. */
export function detectLeak(
  window: LeakWindow,
  { finding, acceptQueue, restartedAt }: LeakCircumstances,
  at: number,
  thresholds: LeakThresholds,
): Detected {
  const newest = window.samples.at(-1);
  const descriptors = window.descriptors.at(-1);
  const trigger = leakTrigger(descriptors?.limit ?? null, thresholds);
  const leaked = newest?.leaked ?? 0;
  const isHarmless = finding !== null && HARMLESS_VERDICTS.has(finding.verdict);
  const growth = isHarmless ? NO_FAULT : growthOf(window, restartedAt, at, trigger, thresholds);
  const timeLeft =
    acceptQueue === null && descriptors !== undefined && growth.perMs !== null
      ? timeLeftMs(descriptors.used, descriptors.at, descriptors.limit, growth.perMs * descriptors.heldShare, at)
      : null;
  const figures = {
    leaked,
    old: newest?.old ?? 0,
    oldestMs: newest?.oldestMs ?? 0,
    trigger,
    slopePerHour: growth.perMs === null ? null : perHour(growth.perMs),
    timeLeftMs: timeLeft,
    used: descriptors?.used ?? null,
    limit: descriptors?.limit ?? null,
    queueLength: acceptQueue?.length ?? null,
    queueLimit: acceptQueue?.limit ?? null,
  };
  const isStuckQueue =
    !isHarmless && queueIsFull(acceptQueue, thresholds) && figures.oldestMs >= thresholds.fast.oldestMs;
  const isLeak = growth.by !== null || isStuckQueue;
  const worse = isLeak
    ? criticalReasons(figures, leaked * (descriptors?.heldShare ?? 1), isStuckQueue, thresholds)
    : [];
  const isSuspect = !isHarmless && figures.old > 0;
  const level: Level = worse.length > 0 ? 'critical' : isLeak ? 'warning' : isSuspect ? 'suspect' : 'none';
  const began = growth.since ?? (leaked > 0 && newest !== undefined ? newest.at - newest.oldestMs : null);
  const few =
    leaked < trigger * thresholds.quiet.triggerShare &&
    newWithin(window.samples, at, thresholds.quiet.nothingNewMs) <= 0;
  return {
    level,
    quiet: !isLeak && (isHarmless || few),
    figures,
    leading: 'leaked',
    beganAt: level === 'none' ? null : began,
    reasons: [...(leaked > 0 || isHarmless ? growth.reasons : []), ...worse],
  };
}

const NO_FAULT: LeakGrowth = {
  by: null,
  perMs: null,
  since: null,
  reasons: [{ key: 'leak.harmless', parameters: {} }],
};

function queueIsFull(queue: LeakCircumstances['acceptQueue'], { critical }: LeakThresholds): boolean {
  return (
    queue !== null && queue.limit !== null && queue.length > 0 && queue.length >= critical.queueShare * queue.limit
  );
}

/** `held`: how many of the leaked ones the process holds whose descriptors are known. */
function criticalReasons(
  figures: {
    timeLeftMs: number | null;
    used: number | null;
    limit: number | null;
    queueLength: number | null;
    queueLimit: number | null;
  },
  held: number,
  isStuckQueue: boolean,
  { critical }: LeakThresholds,
): Reason[] {
  const reasons: Reason[] = [];
  const { timeLeftMs, used, limit, queueLength, queueLimit } = figures;
  if (timeLeftMs !== null && timeLeftMs <= critical.timeLeftMs) {
    reasons.push({ key: 'leak.time_left', parameters: { timeLeftMs, used: used ?? 0, limit: limit ?? 0 } });
  }
  if (queueLength === null && used !== null && limit !== null && used > critical.usedShare * limit) {
    const leakedShare = held / Math.max(1, used);
    if (leakedShare >= critical.leakedShare) {
      reasons.push({ key: 'leak.used', parameters: { usedShare: used / limit, leakedShare } });
    }
  }
  if (isStuckQueue) {
    reasons.push({
      key: 'leak.queue_full',
      parameters: { queueLength: queueLength ?? 0, queueLimit: queueLimit ?? 0 },
    });
  }
  return reasons;
}
