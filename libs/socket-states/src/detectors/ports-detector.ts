import { type Detected } from './detection.ts';
import { type PortSample } from './samples.ts';
import { type ExhaustionThresholds } from './thresholds.ts';

/** Local ports towards one destination run out. `reuse`: see timeWaitIsReused. */
export function detectPorts(
  _samples: readonly PortSample[],
  _context: { readonly closesPerSecond: number | null; readonly timeWaitReused: boolean },
  _at: number,
  _thresholds: ExhaustionThresholds,
): Detected {
  return { level: 'none', quiet: true, figures: {}, leading: 'used', beganAt: null, reasons: [] };
}

/** Whether connect() takes over ports in TIME_WAIT: net.ipv4.tcp_tw_reuse 1 for all, 2 (the default) for loopback alone. */
export function timeWaitIsReused(_tcpTwReuse: string | null, _peerAddress: string): boolean {
  return false;
}
