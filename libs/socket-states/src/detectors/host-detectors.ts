import { type Detected } from './detection.ts';
import { type ClockSample, type StarvationSample } from './samples.ts';
import { type Thresholds } from './thresholds.ts';

/** Tasks of the host wait for a CPU; what else is wrong with it may be a part of this. */
export function detectHostStarved(
  _samples: readonly StarvationSample[],
  _at: number,
  _thresholds: Thresholds['hostStarved'],
): Detected {
  return { level: 'none', quiet: true, figures: {}, leading: 'stallShare', beganAt: null, reasons: [] };
}

/** Nothing is heard of the host. Instants are milliseconds since the epoch, on the server's clock. */
export function detectHostSilent(
  _heard: { readonly lastSeenAt: number; readonly intervalMs: number },
  _at: number,
  _thresholds: Thresholds['hostSilent'],
): Detected {
  return { level: 'none', quiet: true, figures: {}, leading: 'silentMs', beganAt: null, reasons: [] };
}

/** The host's clock is off; times are corrected, but its own logs are not. */
export function detectClockSkew(
  _samples: readonly ClockSample[],
  _at: number,
  _thresholds: Thresholds['clockSkew'],
): Detected {
  return { level: 'none', quiet: true, figures: {}, leading: 'skewMs', beganAt: null, reasons: [] };
}
