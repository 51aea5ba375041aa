/** One measured number, and what it may be at most, or must be at least. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** At most this; left out for what is only told. */
  readonly budget?: number;
  /** At least this. */
  readonly least?: number;
}

/** Those beyond their budget; a number that is none is beyond any. */
export function missedIn(figures: readonly Figure[]): Figure[] {
  return figures.filter(
    ({ value, budget, least }) =>
      (budget !== undefined && !(value <= budget)) || (least !== undefined && !(value >= least)),
  );
}

/** A table in Markdown, fit for docs/benchmarks.md and for a terminal. */
export function figuresAsText(figures: readonly Figure[]): string {
  const missed = new Set(missedIn(figures));
  const rows = figures.map((figure) => {
    const { name, value, unit, budget, least } = figure;
    const bounds = [
      ...(least === undefined ? [] : [`≥ ${numberAsText(least)} ${unit}`]),
      ...(budget === undefined ? [] : [`≤ ${numberAsText(budget)} ${unit}`]),
    ];
    const verdict = bounds.length === 0 ? '' : missed.has(figure) ? 'MISSED' : 'ok';
    return [name, `${numberAsText(value)} ${unit}`, bounds.join(', '), verdict];
  });
  const table = [['measured', 'value', 'budget', ''], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(3, ...table.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const [heading = [], ...body] = table.map(line);
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [heading, rule, ...body].join('\n');
}

/** Three significant digits; whole numbers from a hundred on. */
function numberAsText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
