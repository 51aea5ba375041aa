import { type Column, packColumns, PackError, unpackColumns } from './column-codec.ts';

/** Columns of any finite numbers: what the codec does not take is told beside them. NaN stands for null. */
export interface ExactColumns {
  readonly packed: Buffer;
  readonly exceptions: Exceptions;
}

/** JSON. Keys are numbers of columns. */
export interface Exceptions {
  /** Columns that are packed in hundredths. */
  readonly hundredths?: readonly number[];
  /** Columns that are not packed, but written out: fractions of any kind, and numbers that are very large. */
  readonly written?: Readonly<Record<string, readonly (number | null)[]>>;
}

/** Differences of differences of such numbers still fit the codec's. */
const MOST = 2 ** 49;
const HUNDRED = 100;

/** Packs columns of one length, each number exactly. Minus zero becomes zero, as in JSON. */
export function packExact(columns: readonly Column[]): ExactColumns {
  const hundredths: number[] = [];
  const written: Record<string, (number | null)[]> = {};
  const packable = columns.map((column, index) => {
    if (column.every(isPackable)) return column;
    const scaled = column.map((value) => Math.round(value * HUNDRED));
    if (scaled.every((value, row) => isPackable(value) && Object.is(value / HUNDRED, column[row]))) {
      hundredths.push(index);
      return scaled;
    }
    written[index] = Array.from(column, (value) => (Number.isNaN(value) ? null : value));
    return new Float64Array(column.length).fill(NaN);
  });
  return {
    packed: packColumns(packable),
    exceptions: {
      ...(hundredths.length === 0 ? {} : { hundredths }),
      ...(Object.keys(written).length === 0 ? {} : { written }),
    },
  };
}

/** What {@link packExact} packed. Throws {@link PackError}. */
export function unpackExact(packed: Uint8Array, { hundredths = [], written = {} }: Exceptions): Column[] {
  const columns = unpackColumns(packed);
  for (const index of hundredths) {
    const column = columns[index];
    if (column === undefined) throw new PackError(`it has no column ${index}`);
    columns[index] = column.map((value) => value / HUNDRED);
  }
  for (const [index, values] of Object.entries(written)) {
    if (columns[Number(index)] === undefined) throw new PackError(`it has no column ${index}`);
    columns[Number(index)] = Float64Array.from(values, (value) => value ?? NaN);
  }
  return columns;
}

function isPackable(value: number): boolean {
  return Number.isNaN(value) || (Number.isInteger(value) && Math.abs(value) <= MOST);
}
