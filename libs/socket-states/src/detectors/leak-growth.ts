import { type Reason } from '../verdicts/verdict.ts';
import { type Rise, perHour, riseOf } from './forecast.ts';
import { type Arrivals, arrivalsOf, endedWithin, moreCame } from './leak-arrivals.ts';
import { type LeakStretch, stretchOf } from './leak-stretch.ts';
import { type LeakSample, type LeakWindow } from './leak-window.ts';
import { slowLeakOf } from './slow-leak.ts';
import { type LeakThresholds } from './thresholds.ts';
import { type Point, isRising, spanMs } from './trend.ts';

/** By which of its marks a leak is known, if it is one; how fast it grows, and since when. */
export interface LeakGrowth {
  readonly by: 'fast' | 'trend' | 'slow' | null;
  readonly perMs: number | null;
  readonly since: number | null;
  readonly reasons: readonly Reason[];
}

/** What all marks look at. */
interface Look {
  readonly stretch: LeakStretch;
  readonly newest: LeakSample;
  readonly arrivals: Arrivals;
  readonly points: readonly Point[];
  readonly rise: Rise | null;
  readonly at: number;
  readonly trigger: number;
  readonly thresholds: LeakThresholds;
}

/** Whether the leaked sockets of a key grow, and by which mark that is known. */
export function growthOf(
  window: LeakWindow,
  restartedAt: number | null,
  at: number,
  trigger: number,
  thresholds: LeakThresholds,
): LeakGrowth {
  const stretch = stretchOf(window.samples, restartedAt, thresholds.trend.dropShare);
  const newest = stretch.samples.at(-1);
  if (newest === undefined || newest.leaked === 0) return { by: null, perMs: null, since: null, reasons: [] };
  const points = stretch.samples.map((sample) => ({ at: sample.at, value: sample.leaked }));
  const arrivals = arrivalsOf(stretch.samples, at, thresholds);
  const look = {
    stretch,
    newest,
    arrivals,
    points,
    rise: riseOf(points, thresholds.trend.dropShare),
    at,
    trigger,
    thresholds,
  };
  return (
    (newest.leaked >= trigger ? growing(look) : null) ??
    growingSlowly(window, look) ?? {
      by: null,
      perMs: look.rise?.perMs ?? null,
      since: null,
      reasons: [notGrowing(look)],
    }
  );
}

function growing({ stretch, newest, arrivals, points, rise, at, trigger, thresholds }: Look): LeakGrowth | null {
  if (!arrivals.areSpread || stretch.isTooth) return null;
  const perMs = rise?.perMs ?? null;
  // A rise that began within the window began with sockets that were not yet leaked; an older one, with the oldest.
  const since = rise?.isWhole ? rise.since - thresholds.leakedAfterMs : at - newest.oldestMs;
  const parameters = { leaked: newest.leaked, arrivals: arrivals.opened, overMs: arrivals.overMs };
  if (!stretch.hasDropped && isFast(stretch.samples, newest, arrivals, at, trigger, thresholds)) {
    return { by: 'fast', perMs, since, reasons: [{ key: 'leak.fast', parameters }] };
  }
  if (!keepsRising(stretch.samples, points, at, trigger, thresholds)) return null;
  const slopePerHour = perHour(perMs ?? 0);
  return { by: 'trend', perMs, since, reasons: [{ key: 'leak.trend', parameters: { ...parameters, slopePerHour } }] };
}

function growingSlowly({ hours }: LeakWindow, { newest, at, thresholds }: Look): LeakGrowth | null {
  if (newest.leaked < thresholds.trigger.least) return null;
  for (const slow of thresholds.slow) {
    const leak = slowLeakOf(hours, newest.oldestMs, at, slow);
    if (leak === null) continue;
    const { growth, overMs, perMs } = leak;
    const reason = { key: 'leak.slow', parameters: { growth, overMs, slopePerHour: perHour(perMs) } };
    return { by: 'slow', perMs, since: at - newest.oldestMs, reasons: [reason] };
  }
  return null;
}

/** Why it is no leak yet. */
function notGrowing({ stretch, newest: { leaked }, arrivals, trigger }: Look): Reason {
  if (leaked < trigger) return { key: 'leak.few', parameters: { leaked, trigger } };
  if (stretch.isTooth) return { key: 'leak.tooth', parameters: { leaked } };
  return { key: arrivals.goOn ? 'leak.changing' : 'leak.still', parameters: { leaked } };
}

function isFast(
  samples: readonly LeakSample[],
  newest: LeakSample,
  arrivals: Arrivals,
  at: number,
  trigger: number,
  { fast }: LeakThresholds,
): boolean {
  const byChance = Math.min(fast.deviations * Math.sqrt(newest.leaked), fast.sureArrivals);
  return (
    arrivals.goOn &&
    arrivals.opened - arrivals.ended >= Math.max(trigger, byChance) &&
    arrivals.ended <= fast.endedShare * arrivals.opened &&
    newest.oldestMs >= fast.oldestMs &&
    endedWithin(samples, at, fast.noneEndedMs) === 0 &&
    (newest.young > 0 || arrivals.overMs >= fast.arrivalsForMs)
  );
}

/** Rising within the trend's window, or within all that is remembered. */
function keepsRising(
  samples: readonly LeakSample[],
  points: readonly Point[],
  at: number,
  trigger: number,
  { trend }: LeakThresholds,
): boolean {
  return [trend.windowMs, spanMs(points)].some(
    (windowMs) =>
      windowMs >= trend.windowMs &&
      moreCame(samples, at, windowMs, trend.deviations) &&
      isRising(points, at, trigger, { ...trend, windowMs }),
  );
}
