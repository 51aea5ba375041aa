import { type Detected } from './detection.ts';
import { type UseSample } from './samples.ts';
import { type ExhaustionThresholds } from './thresholds.ts';

/** Descriptors of a process run out. `samples` oldest first; `towards`: where most of its sockets go, for words. */
export function detectDescriptors(
  _samples: readonly UseSample[],
  _towards: string | null,
  _at: number,
  _thresholds: ExhaustionThresholds,
): Detected {
  return { level: 'none', quiet: true, figures: {}, leading: 'used', beganAt: null, reasons: [] };
}

/** Descriptors of the whole system (/proc/sys/fs/file-nr) run out. */
export function detectSystemDescriptors(
  _samples: readonly UseSample[],
  _at: number,
  _thresholds: ExhaustionThresholds,
): Detected {
  return { level: 'none', quiet: true, figures: {}, leading: 'used', beganAt: null, reasons: [] };
}
