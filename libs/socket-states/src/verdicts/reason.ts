import { type MissingKey, type VerdictReasonKey } from './reasons.ts';
import { type Reason } from './verdict.ts';

const NO_PARAMETERS = {};

export function reason(
  key: VerdictReasonKey | MissingKey,
  parameters: Readonly<Record<string, string | number>> = NO_PARAMETERS,
): Reason {
  return { key, parameters };
}
