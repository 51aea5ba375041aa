import { type Words } from '../language.ts';

/** What the parts of a finding are called. */
export const EN: Words = {
  'finding.confidence': '{confidenceShare} sure',
  'finding.for': 'for it',
  'finding.against': 'against it',
  'finding.missing': 'not seen',
  'finding.advice': 'what to do',
};
