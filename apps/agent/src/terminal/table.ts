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
  const widths = columns.map((_, index) => Math.max(...table.map((row) => displayWidth(row[index] ?? ''))));
  narrow(columns, widths, width);
  return table.map((row) =>
    columns
      .map(({ align }, index) => {
        const cell = cut(row[index] ?? '', widths[index] ?? 0);
        const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - displayWidth(cell)));
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

/** Of what fills two columns of a terminal: Chinese characters and their punctuation (East Asian Width, UAX #11). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;

/** How many columns of a terminal a text fills; colours fill none. */
export function displayWidth(text: string): number {
  const seen = stripVTControlCharacters(text);
  return seen.length + (seen.match(WIDE)?.length ?? 0);
}

/** A cut cell loses its colours: half an escape sequence would colour the rest of the terminal. */
function cut(cell: string, width: number): string {
  if (displayWidth(cell) <= width) return cell;
  let kept = '';
  for (const character of stripVTControlCharacters(cell)) {
    if (displayWidth(kept + character) > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}
