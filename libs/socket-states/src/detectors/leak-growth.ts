import { type Reason } from '../verdicts/verdict.ts';
import { perHour, riseOf } from './forecast.ts';
import { arrivalsOf, endedWithin, moreCame } from './leak-arrivals.ts';
import { stretchOf } from './leak-stretch.ts';
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

/** What is said of a crowd that does not grow. */
const none = (key: string, parameters: Reason['parameters'] = {}): LeakGrowth => ({
  by: null,
  perMs: null,
  since: null,
  reasons: [{ key, parameters }],
});

export function growthOf(
  window: LeakWindow,
  restartedAt: number | null,
  at: number,
  trigger: number,
  thresholds: LeakThresholds,
): LeakGrowth {
  const { samples, hasDropped, isTooth } = stretchOf(window.samples, restartedAt, thresholds.trend.dropShare);
  const newest = samples.at(-1);
  if (newest === undefined) return { by: null, perMs: null, since: null, reasons: [] };
  const points = samples.map((sample) => ({ at: sample.at, value: sample.leaked }));
  const rise = riseOf(points, thresholds.trend.dropShare);
  const since = rise?.isWhole ? rise.since - thresholds.leakedAfterMs : at - newest.oldestMs;
  const arrivals = arrivalsOf(samples, at, thresholds);
  if (newest.leaked >= trigger && arrivals.areSpread && !isTooth) {
    const told = { leaked: newest.leaked, arrivals: arrivals.opened, overMs: arrivals.overMs };
    if (!hasDropped && isFast(samples, newest, at, trigger, thresholds)) {
      return { by: 'fast', perMs: rise?.perMs ?? null, since, reasons: [{ key: 'leak.fast', parameters: told }] };
    }
    if (rises(samples, points, at, trigger, thresholds)) {
      const slopePerHour = perHour(rise?.perMs ?? 0);
      return {
        by: 'trend',
        perMs: rise?.perMs ?? null,
        since,
        reasons: [{ key: 'leak.trend', parameters: { ...told, slopePerHour } }],
      };
    }
  }
  for (const slow of thresholds.slow) {
    const leak = slowLeakOf(window.hours, newest.oldestMs, at, slow);
    if (leak === null || newest.leaked < thresholds.trigger.least) continue;
    const { growth, overMs, perMs } = leak;
    return {
      by: 'slow',
      perMs,
      since: at - newest.oldestMs,
      reasons: [{ key: 'leak.slow', parameters: { growth, overMs, slopePerHour: perHour(perMs) } }],
    };
  }
  if (newest.leaked < trigger)
    return { ...none('leak.few', { leaked: newest.leaked, trigger }), perMs: rise?.perMs ?? null };
  if (isTooth) return none('leak.tooth', { leaked: newest.leaked });
  return arrivals.goOn
    ? none('leak.changing', { leaked: newest.leaked })
    : none('leak.still', { leaked: newest.leaked });
}

function isFast(
  samples: readonly LeakSample[],
  newest: LeakSample,
  at: number,
  trigger: number,
  thresholds: LeakThresholds,
): boolean {
  const { fast } = thresholds;
  const arrivals = arrivalsOf(samples, at, thresholds);
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
function rises(
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
