import { type Words } from '../language.ts';

/** What the parts of a finding are called. */
export const ZH_HANS: Words = {
  'finding.confidence': '把握 {confidenceShare}',
  'finding.for': '支持',
  'finding.against': '反对',
  'finding.missing': '未看到',
  'finding.advice': '处理建议',
};
