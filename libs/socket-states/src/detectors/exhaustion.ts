import { type Reason } from '../verdicts/verdict.ts';
import { type Detected, type Level } from './detection.ts';
import { perHour, riseOf, timeLeftMs } from './forecast.ts';
import { type UseSample } from './samples.ts';
import { type ExhaustionThresholds } from './thresholds.ts';
import { isRising } from './trend.ts';

/** A rise of fewer is no trend. */
const LEAST_GROWTH = 5;

/**
 * Whether something of which there is a limit runs out: told by its use while it rises, by the time that is left, and when
 * next to nothing is left. What stands still below that is how somebody has set it up, and is not told.
 * `reason`: beginning of the keys of its reasons.
 */
export function detectExhaustion(
  samples: readonly UseSample[],
  at: number,
  thresholds: ExhaustionThresholds,
  reason: 'descriptors' | 'system_descriptors' | 'ports',
): Detected {
  const newest = samples.at(-1);
  if (newest === undefined || newest.limit <= 0) return NOTHING;
  const { warning, critical, trend } = thresholds;
  const points = samples.map((sample) => ({ at: sample.at, value: sample.used }));
  const usedShare = newest.used / newest.limit;
  const rise = riseOf(points, trend.dropShare);
  const keepsRising = isRising(points, at, LEAST_GROWTH, trend);
  const timeLeft = rise === null ? null : timeLeftMs(newest.used, newest.at, newest.limit, rise.perMs, at);
  const isForecast = timeLeft !== null && usedShare >= thresholds.forecastFromShare && keepsRising;
  const heldShare = leastShareSince(samples, at - thresholds.forMs);
  const reasons: Reason[] = [];
  let level: Level = 'none';
  if (heldShare !== null && heldShare >= critical.usedShare)
    level = usedShare >= 1 || keepsRising ? 'critical' : 'warning';
  else if (heldShare !== null && heldShare >= warning.usedShare && rise !== null && keepsRising) level = 'warning';
  if (level !== 'none') {
    reasons.push({ key: `${reason}.used`, parameters: { usedShare, used: newest.used, limit: newest.limit } });
  }
  if (isForecast && timeLeft <= warning.timeLeftMs) {
    level = timeLeft <= critical.timeLeftMs || level === 'critical' ? 'critical' : 'warning';
    reasons.push({
      key: `${reason}.time_left`,
      parameters: { timeLeftMs: timeLeft, slopePerHour: perHour(rise?.perMs ?? 0) },
    });
  }
  return {
    level,
    quiet: level === 'none' && usedShare < thresholds.quietShare,
    figures: {
      used: newest.used,
      limit: newest.limit,
      usedShare,
      slopePerHour: rise === null ? null : perHour(rise.perMs),
      timeLeftMs: isForecast || level !== 'none' ? timeLeft : null,
    },
    leading: 'used',
    beganAt: level === 'none' ? null : (rise?.since ?? newest.at),
    reasons,
  };
}

const NOTHING: Detected = {
  level: 'none',
  quiet: true,
  figures: { used: null, limit: null, usedShare: null, slopePerHour: null, timeLeftMs: null },
  leading: 'used',
  beganAt: null,
  reasons: [],
};

/** The least share in use at all samples since then; null: the samples do not go back so far. */
function leastShareSince(samples: readonly UseSample[], since: number): number | null {
  if (samples[0] === undefined || samples[0].at > since) return null;
  const recent = samples.filter(({ at }) => at >= since);
  return recent.length === 0 ? null : Math.min(...recent.map(({ used, limit }) => used / limit));
}
