import { type Detected } from './detection.ts';
import { detectExhaustion } from './exhaustion.ts';
import { type UseSample } from './samples.ts';
import { type ExhaustionThresholds } from './thresholds.ts';

/**
 * Descriptors of a process run out. `samples` oldest first, of one process (a restart begins anew, by the drop).
 * `towards`: where most of its sockets go, for the words.
 */
export function detectDescriptors(
  samples: readonly UseSample[],
  towards: string | null,
  at: number,
  thresholds: ExhaustionThresholds,
): Detected {
  const detected = detectExhaustion(samples, at, thresholds, 'descriptors');
  if (towards === null || detected.level === 'none') return detected;
  return {
    ...detected,
    reasons: [...detected.reasons, { key: 'descriptors.towards', parameters: { peer: towards } }],
  };
}

/** Descriptors of the whole system (/proc/sys/fs/file-nr) run out. */
export function detectSystemDescriptors(
  samples: readonly UseSample[],
  at: number,
  thresholds: ExhaustionThresholds,
): Detected {
  return detectExhaustion(samples, at, thresholds, 'system_descriptors');
}
