import { type Thresholds } from '@closewatch/socket-states';
import { durationText } from './duration-text.ts';

/** Two thresholds that cannot both be: where in a rules file that stands, and what is wrong. */
export interface Conflict {
  readonly path: readonly string[];
  readonly message: string;
}

/** What is remembered of a leak: samples for a trend, and hours for a slow one. */
const TREND_MEMORY_MS = 30 * 60_000;
const SLOW_MEMORY_HOURS = 24;
/** In a row. */
const CLOCK_SAMPLES = 100;
/** And of anything else. */
const MEMORY_MS = 60 * 60_000;

/** What thresholds say against each other, each allowed by itself. Empty: nothing. */
export function thresholdConflicts(thresholds: Thresholds): Conflict[] {
  const { leak, clockSkew, hostSilent, hostStarved } = thresholds;
  const found: Conflict[] = [];
  const unless = (holds: boolean, path: string, message: string): void => {
    if (!holds) found.push({ path: path.split('.'), message });
  };
  unless(leak.trigger.least <= leak.trigger.most, 'leak.trigger.least', 'must not be above leak.trigger.most');
  for (const [index, { spanHours, spans, rises }] of leak.slow.entries()) {
    const path = `leak.slow.${index}`;
    unless(
      rises < spans,
      `${path}.rises`,
      `must be less than spans: between ${spans} spans there are ${spans - 1} steps`,
    );
    unless(
      spanHours * spans <= SLOW_MEMORY_HOURS,
      `${path}.span_hours`,
      `times spans must not be more than ${SLOW_MEMORY_HOURS} hours, which is how much is remembered`,
    );
  }
  const ofLeaks = {
    'leak.fast.arrivals_for': leak.fast.arrivalsForMs,
    'leak.fast.none_ended': leak.fast.noneEndedMs,
    'leak.quiet.nothing_new': leak.quiet.nothingNewMs,
  };
  for (const [path, ms] of Object.entries(ofLeaks)) {
    const limit = `must be less than ${durationText(TREND_MEMORY_MS)}, which is how much is remembered`;
    unless(ms < TREND_MEMORY_MS, path, limit);
  }
  unless(clockSkew.samples <= CLOCK_SAMPLES, 'clock_skew.samples', `must not be more than ${CLOCK_SAMPLES}`);
  for (const name of ['leak', 'descriptors', 'system_descriptors', 'ports'] as const) {
    const { trend } = name === 'system_descriptors' ? thresholds.systemDescriptors : thresholds[name];
    const limit = `must not be more than ${durationText(TREND_MEMORY_MS)}, which is how much is remembered`;
    unless(trend.windowMs <= TREND_MEMORY_MS, `${name}.trend.window`, limit);
  }
  for (const name of ['descriptors', 'system_descriptors', 'ports'] as const) {
    const { warning, critical, quietShare } =
      name === 'system_descriptors' ? thresholds.systemDescriptors : thresholds[name];
    const above = `must not be below ${name}.warning.used_share`;
    unless(critical.usedShare >= warning.usedShare, `${name}.critical.used_share`, above);
    const shorter = `must not be longer than ${name}.warning.time_left`;
    unless(critical.timeLeftMs <= warning.timeLeftMs, `${name}.critical.time_left`, shorter);
    const quiet = `must be below ${name}.warning.used_share, or it would open and clear at once`;
    unless(quietShare < warning.usedShare, `${name}.quiet_share`, quiet);
  }
  const windows = {
    'time_wait_overflow.window': thresholds.timeWaitOverflow.windowMs,
    'accept_queue.window': thresholds.acceptQueue.windowMs,
    'syn_flood.window': thresholds.synFlood.windowMs,
    'syn_flood.for': thresholds.synFlood.forMs,
    'host_starved.for': hostStarved.forMs,
    'descriptors.for': thresholds.descriptors.forMs,
    'system_descriptors.for': thresholds.systemDescriptors.forMs,
    'ports.for': thresholds.ports.forMs,
  };
  for (const [path, ms] of Object.entries(windows)) {
    unless(ms <= MEMORY_MS, path, `must not be more than ${durationText(MEMORY_MS)}, which is how much is remembered`);
  }
  const { warningStallShare, criticalStallShare } = hostStarved;
  unless(
    criticalStallShare >= warningStallShare,
    'host_starved.critical_stall_share',
    'must not be below host_starved.warning_stall_share',
  );
  unless(
    hostSilent.criticalMs >= hostSilent.silentMs,
    'host_silent.critical',
    'must not be shorter than host_silent.silent',
  );
  unless(
    clockSkew.criticalMs >= clockSkew.warningMs,
    'clock_skew.critical',
    'must not be shorter than clock_skew.warning',
  );
  return found;
}
