import { type Detected } from './detection.ts';
import { type StateSample } from './samples.ts';

/** A user's own bound: more than `above` for all of `forMs`. */
export interface StateThreshold {
  readonly above: number;
  readonly forMs: number;
  readonly severity: 'warning' | 'critical';
}

/** Samples in which the state was not measured say nothing. */
export function detectThreshold(
  samples: readonly StateSample[],
  at: number,
  { above, forMs, severity }: StateThreshold,
): Detected {
  const measured = samples.filter((sample) => sample.value !== null && sample.at <= at);
  const value = measured.at(-1)?.value ?? null;
  const held = measured[measured.findLastIndex((sample) => (sample.value ?? 0) <= above) + 1]?.at ?? null;
  const isTold = held !== null && at - held >= forMs;
  return {
    level: isTold ? severity : 'none',
    quiet: value === null || value <= above,
    figures: { value, above },
    leading: 'value',
    beganAt: isTold ? held : null,
    reasons: isTold ? [{ key: 'threshold.above', parameters: { value: value ?? 0, above, overMs: at - held } }] : [],
  };
}
