export const HOST_STATUSES = ['live', 'stale', 'silent'] as const;
export type HostStatus = (typeof HOST_STATUSES)[number];

/** Shortest silence, in milliseconds, that is called one; agents that sample slowly get longer. */
const STALE_AFTER_MS = 15_000;
const SILENT_AFTER_MS = 60_000;
const SILENT_AFTER_SAMPLES = 6;
const LONGEST_INTERVAL_MS = 3_600_000;

/** After so long any host is silent, however seldom it samples. */
export const SILENT_AT_MOST_MS = SILENT_AFTER_SAMPLES * LONGEST_INTERVAL_MS;

/**
 * How fresh a host's last snapshot is, all times in milliseconds: `stale` when about three samples are missing,
 * `silent` when the host must be taken for gone. Server and page judge by this one function.
 */
export function hostStatus(lastSeenAtMs: number, intervalMs: number, nowMs: number): HostStatus {
  const silence = nowMs - lastSeenAtMs;
  if (silence <= Math.max(STALE_AFTER_MS, 3 * intervalMs)) return 'live';
  return silence <= Math.max(SILENT_AFTER_MS, SILENT_AFTER_SAMPLES * intervalMs) ? 'stale' : 'silent';
}
