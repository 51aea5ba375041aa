const COMMA = 44;
const MINUS = 45;
const SEMICOLON = 59;
const CLOSING = 125;
const [ZERO, NINE, N] = [48, 57, 78];

/**
 * Columns of whole numbers as snapshot-chunks.queries.ts asks for them, `{1,-2,NULL};{3,4,5}`; null comes as NaN. Throws
 * RangeError when a column has not `length` values.
 */
export function parseNumbers(text: string, length: number): Float64Array[] {
  const columns: Float64Array[] = [];
  let column = new Float64Array(length);
  let [index, value, sign] = [0, 0, 1];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) value = value * 10 + (code - ZERO);
    else if (code === COMMA || code === CLOSING) {
      column[index++] = sign * value;
      [value, sign] = [0, 1];
    } else if (code === MINUS) sign = -1;
    else if (code === N) {
      value = NaN;
    } else if (code === SEMICOLON) {
      columns.push(complete(column, index));
      column = new Float64Array(length);
      index = 0;
    }
  }
  columns.push(complete(column, index));
  return columns;
}

function complete(column: Float64Array, values: number): Float64Array {
  if (values !== column.length) throw new RangeError(`A column of ${values} values instead of ${column.length}.`);
  return column;
}
