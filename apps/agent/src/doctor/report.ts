import { type Paint } from '../terminal/paint.ts';
import { type Finding, type Outcome } from './check.ts';

const COLOURS = { ok: 'green', reduced: 'yellow', failed: 'red', unknown: 'dim' } as const satisfies Record<
  Outcome,
  string
>;
const INDENT = ' '.repeat(10);

/** The findings as a person reads them: one line each, and under what is not well what it costs and what to do. */
export function reportText(findings: readonly Finding[], paint: Paint): string {
  return findings.map((finding) => `${linesOf(finding, paint).join('\n')}\n`).join('');
}

function linesOf({ subject, outcome, found, costs, remedies = [] }: Finding, paint: Paint): string[] {
  return [
    `${paint(COLOURS[outcome], outcome.padEnd(8))}  ${paint('bold', subject)}: ${found}`,
    ...(costs === undefined ? [] : [`${INDENT}costs: ${costs}`]),
    ...remedies.map((remedy) => `${INDENT}to do: ${remedy}`),
  ];
}
