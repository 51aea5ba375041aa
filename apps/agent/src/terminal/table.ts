import { stripVTControlCharacters } from 'node:util';

export interface Column {
  readonly heading: string;
  readonly align?: 'left' | 'right';
  /** Gives way when the terminal is too narrow, down to so many characters; columns without it are never cut. */
  readonly atLeast?: number;
}

const GAP = '  ';

/**
 * Lines of a table with aligned columns, no wider than `width` characters as far as its columns may be cut; a cut cell
 * ends in an ellipsis. Cells may carry colours.
 */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number = Number.POSITIVE_INFINITY,
): string[] {
  const table = [columns.map(({ heading }) => heading), ...rows];
  const widths = columns.map((_, index) => Math.max(...table.map((row) => visibleLength(row[index] ?? ''))));
  narrow(columns, widths, width);
  return table.map((row) =>
    columns
      .map(({ align }, index) => {
        const cell = cut(row[index] ?? '', widths[index] ?? 0);
        const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - visibleLength(cell)));
        return align === 'right' ? padding + cell : cell + padding;
      })
      .join(GAP)
      .trimEnd(),
  );
}

function narrow(columns: readonly Column[], widths: number[], width: number): void {
  let excess = widths.reduce((sum, each) => sum + each, 0) + GAP.length * (widths.length - 1) - width;
  // The widest gives way first, a character at a time, so that long ones come out alike.
  while (excess > 0) {
    let widest = -1;
    for (const [index, { atLeast }] of columns.entries()) {
      const mayShrink = atLeast !== undefined && (widths[index] ?? 0) > atLeast;
      if (mayShrink && (widest === -1 || (widths[index] ?? 0) > (widths[widest] ?? 0))) widest = index;
    }
    if (widest === -1) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess--;
  }
}

function visibleLength(cell: string): number {
  return stripVTControlCharacters(cell).length;
}

/** A cut cell loses its colours: half an escape sequence would colour the rest of the terminal. */
function cut(cell: string, width: number): string {
  if (visibleLength(cell) <= width) return cell;
  return `${stripVTControlCharacters(cell).slice(0, Math.max(0, width - 1))}…`;
}
