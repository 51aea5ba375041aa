import { type Detected } from './detection.ts';
import { detectExhaustion } from './exhaustion.ts';
import { type PortSample } from './samples.ts';
import { type ExhaustionThresholds } from './thresholds.ts';

/** Linux holds TIME_WAIT for this long (TCP_TIMEWAIT_LEN, include/net/tcp.h). */
const TIME_WAIT_SECONDS = 60;

/** `closesPerSecond`: of the host, for words; null: not known. `timeWaitReused`: see {@link timeWaitIsReused}. */
export interface PortContext {
  readonly closesPerSecond: number | null;
  readonly timeWaitReused: boolean;
}

/**
 * Local ports towards one destination run out: connect() will fail with EADDRNOTAVAIL. Ports in TIME_WAIT count where the
 * kernel does not take them over; there, `sustainablePerSecond` connects a second are all that one destination bears.
 */
export function detectPorts(
  samples: readonly PortSample[],
  { closesPerSecond, timeWaitReused }: PortContext,
  at: number,
  thresholds: ExhaustionThresholds,
): Detected {
  const pressing = samples.map(({ at: sampledAt, used, timeWait, available }) => ({
    at: sampledAt,
    used: timeWaitReused ? Math.max(0, used - timeWait) : used,
    limit: available,
  }));
  const detected = detectExhaustion(pressing, at, thresholds, 'ports');
  const newest = samples.at(-1);
  const sustainablePerSecond = newest === undefined || timeWaitReused ? null : newest.available / TIME_WAIT_SECONDS;
  const mostlyTimeWait = newest !== undefined && !timeWaitReused && newest.timeWait > newest.used / 2;
  return {
    ...detected,
    figures: { ...detected.figures, timeWait: newest?.timeWait ?? null, sustainablePerSecond, closesPerSecond },
    reasons:
      detected.level !== 'none' && mostlyTimeWait && sustainablePerSecond !== null
        ? [
            ...detected.reasons,
            { key: 'ports.time_wait', parameters: { timeWait: newest.timeWait, sustainablePerSecond } },
          ]
        : detected.reasons,
  };
}

/**
 * Whether connect() takes over ports in TIME_WAIT (ip-sysctl.rst, tcp_tw_reuse): 1 for all peers with timestamps, 2 (the
 * default) for loopback alone. `tcpTwReuse`: the sysctl's text; null: not known, the default is assumed.
 */
export function timeWaitIsReused(tcpTwReuse: string | null, peerAddress: string): boolean {
  switch (tcpTwReuse?.trim() ?? '2') {
    case '1':
      return true;
    case '2':
      return peerAddress === '::1' || peerAddress.startsWith('127.');
    default:
      return false;
  }
}
