import { type Detected, type Level } from './detection.ts';
import { type ClockSample, type StarvationSample } from './samples.ts';
import { type Thresholds } from './thresholds.ts';

/** A process that waits for less of a CPU than this is not starved, however little it runs. */
const LEAST_WAIT_MS_PER_SECOND = 100;

/** Tasks of the host wait for a CPU; what else is wrong with it may be a part of this. */
export function detectHostStarved(
  samples: readonly StarvationSample[],
  at: number,
  thresholds: Thresholds['hostStarved'],
): Detected {
  const { forMs, samplesShare, warningStallShare, criticalStallShare } = thresholds;
  const since = at - forMs;
  const recent = samples.filter((sample) => sample.at > since && sample.at <= at);
  const newest = recent.at(-1);
  const isLongEnough = recent.length > 1 && (samples[0]?.at ?? at) <= since;
  const shareOf = (isSo: (sample: StarvationSample) => boolean) =>
    recent.filter(isSo).length / Math.max(1, recent.length);
  const stalls = (share: number) => (sample: StarvationSample) => (sample.stallShare ?? 0) >= share;
  const waits = (sample: StarvationSample) =>
    sample.stallShare === null && waitingOf(sample, thresholds.waitToRun) >= thresholds.waitingProcesses;
  const byStall = isLongEnough && shareOf(stalls(warningStallShare)) >= samplesShare;
  const byProcesses = isLongEnough && shareOf(waits) >= samplesShare;
  const isCritical = isLongEnough && shareOf(stalls(criticalStallShare)) >= samplesShare;
  const level: Level = isCritical ? 'critical' : byStall || byProcesses ? 'warning' : 'none';
  const stallShare = newest?.stallShare ?? null;
  const waiting = newest === undefined ? 0 : waitingOf(newest, thresholds.waitToRun);
  return {
    level,
    quiet: level === 'none' && recent.every((sample) => !stalls(warningStallShare / 2)(sample) && !waits(sample)),
    figures: { stallShare, waitingProcesses: waiting },
    leading: stallShare === null ? 'waitingProcesses' : 'stallShare',
    beganAt: level === 'none' ? null : (recent[0]?.at ?? null),
    reasons: [
      ...(byStall ? [{ key: 'host_starved.stalled', parameters: { stallShare: stallShare ?? 0, overMs: forMs } }] : []),
      ...(byProcesses ? [{ key: 'host_starved.waiting', parameters: { processes: waiting, overMs: forMs } }] : []),
    ],
  };
}

function waitingOf({ processes }: StarvationSample, waitToRun: number): number {
  return processes.filter(
    ({ runMsPerSecond, waitMsPerSecond }) =>
      waitMsPerSecond >= LEAST_WAIT_MS_PER_SECOND && waitMsPerSecond >= waitToRun * runMsPerSecond,
  ).length;
}

/** Nothing is heard of the host. Instants are milliseconds since the epoch, on the server's clock. */
export function detectHostSilent(
  { lastSeenAt, intervalMs }: { readonly lastSeenAt: number; readonly intervalMs: number },
  at: number,
  { silentMs: leastMs, intervals, criticalMs }: Thresholds['hostSilent'],
): Detected {
  const silentMs = Math.max(0, at - lastSeenAt);
  const isSilent = silentMs > Math.max(leastMs, intervals * intervalMs);
  const level: Level = !isSilent
    ? 'none'
    : silentMs >= Math.max(criticalMs, 2 * intervals * intervalMs)
      ? 'critical'
      : 'warning';
  return {
    level,
    quiet: !isSilent,
    figures: { silentMs },
    leading: 'silentMs',
    beganAt: isSilent ? lastSeenAt : null,
    reasons: isSilent ? [{ key: 'host_silent.silent', parameters: { silentMs } }] : [],
  };
}

/** The host's clock is off; times are corrected, but its own logs are not. Told when several samples in a row say so. */
export function detectClockSkew(
  samples: readonly ClockSample[],
  _at: number,
  { warningMs, criticalMs, samples: needed }: Thresholds['clockSkew'],
): Detected {
  const recent = samples.slice(-needed);
  const newest = recent.at(-1);
  const leastMs = recent.length < needed ? 0 : Math.min(...recent.map(({ offsetMs }) => Math.abs(offsetMs)));
  const level: Level = leastMs >= criticalMs ? 'critical' : leastMs >= warningMs ? 'warning' : 'none';
  const offsetMs = newest?.offsetMs ?? null;
  const skewMs = Math.abs(offsetMs ?? 0);
  const key = (offsetMs ?? 0) > 0 ? 'clock_skew.ahead' : 'clock_skew.behind';
  return {
    level,
    quiet: skewMs < warningMs / 2,
    figures: { skewMs, offsetMs },
    leading: 'skewMs',
    beganAt: level === 'none' ? null : (recent[0]?.at ?? null),
    reasons: level === 'none' ? [] : [{ key, parameters: { skewMs } }],
  };
}
