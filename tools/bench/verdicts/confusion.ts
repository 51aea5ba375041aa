/** One program: what it is, what it was taken for. */
export interface Judgement {
  readonly expected: string;
  readonly judged: string;
}

/** Rows are what it is, columns what it was taken for; a cell says how many. In Markdown. */
export function confusionMatrix(judgements: readonly Judgement[]): string {
  const names = [...new Set(judgements.flatMap(({ expected, judged }) => [expected, judged]))].sort();
  const rows = names.filter((name) => judgements.some(({ expected }) => expected === name));
  const cell = (expected: string, judged: string): string => {
    const count = judgements.filter((one) => one.expected === expected && one.judged === judged).length;
    return count === 0 ? '·' : String(count);
  };
  const table = [['is \\ judged', ...names], ...rows.map((row) => [row, ...names.map((name) => cell(row, name))])];
  const widths = table[0]?.map((_, column) => Math.max(3, ...table.map((row) => row[column]?.length ?? 0))) ?? [];
  const pad = (text: string, column: number): string =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  const [heading = '', ...body] = table.map((row) => `| ${row.map(pad).join(' | ')} |`);
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [heading, rule, ...body].join('\n');
}
