import { phrase, type Language } from '@closewatch/messages';
import { type Finding, type Reason } from '@closewatch/socket-states';
import { type Paint } from '../terminal/paint.ts';
import { displayWidth } from '../terminal/table.ts';

/** A reason with its words. */
export type WordedReason = Reason & { readonly text: string };

/** A finding as JSON tells it: keys and numbers for programs, words for people. */
export interface WordedFinding {
  readonly verdict: Finding['verdict'];
  readonly name: string;
  readonly confidence: number;
  readonly for: readonly WordedReason[];
  readonly against: readonly WordedReason[];
  readonly missing: readonly WordedReason[];
  readonly advice: WordedReason;
}

export function worded(finding: Finding, language: Language): WordedFinding {
  const say = (reason: Reason): WordedReason => ({ ...reason, text: phrase(language, reason.key, reason.parameters) });
  return {
    verdict: finding.verdict,
    name: phrase(language, `verdict.${finding.verdict}`),
    confidence: finding.confidence,
    for: finding.for.map(say),
    against: finding.against.map(say),
    missing: finding.missing.map(say),
    advice: say(finding.advice),
  };
}

/** `Code leak 95%`: what a table has room for. */
export function verdictText({ verdict, confidence }: Finding, language: Language): string {
  const name = phrase(language, `verdict.${verdict}`);
  return verdict === 'unknown' ? name : `${name} ${Math.round(confidence * 100)}%`;
}

/** What speaks for and against a verdict, what is missing and what to do; a line each, indented. */
export function findingLines(finding: Finding, language: Language, paint: Paint): string[] {
  const told = worded(finding, language);
  const parts: readonly (readonly [string, readonly WordedReason[]])[] = [
    ['for', told.for],
    ['against', told.against],
    ['missing', told.missing],
    ['advice', [told.advice]],
  ];
  const titles = parts.map(([part]) => phrase(language, `finding.${part}`));
  const width = Math.max(...titles.map(displayWidth));
  return parts.flatMap(([, reasons], index) =>
    reasons.map(({ text }, place) => {
      const title = place === 0 ? (titles[index] ?? '') : '';
      return `  ${paint('dim', title)}${' '.repeat(width - displayWidth(title))}  ${text}`;
    }),
  );
}
