import { type Detected } from './detection.ts';
import { type StateSample } from './samples.ts';

/** A user's own bound: more than `above` for all of `forMs`. */
export interface StateThreshold {
  readonly above: number;
  readonly forMs: number;
  readonly severity: 'warning' | 'critical';
}

export function detectThreshold(_samples: readonly StateSample[], _at: number, _bound: StateThreshold): Detected {
  return { level: 'none', quiet: true, figures: {}, leading: 'value', beganAt: null, reasons: [] };
}
