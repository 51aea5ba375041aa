import { type Detected } from './detection.ts';
import { type SynSample } from './samples.ts';
import { type Thresholds } from './thresholds.ts';

/** More connects are begun than the host can answer. */
export function detectSynFlood(
  _samples: readonly SynSample[],
  _at: number,
  _thresholds: Thresholds['synFlood'],
): Detected {
  return { level: 'none', quiet: true, figures: {}, leading: 'halfOpen', beganAt: null, reasons: [] };
}
