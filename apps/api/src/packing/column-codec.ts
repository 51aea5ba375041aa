import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { VarintReader, VarintWriter } from './varint.ts';

/** A column of whole numbers between -(2^52) and 2^52; NaN stands for null. */
export type Column = Float64Array;

/** First byte of what is packed, so that another way of packing may follow. */
const VERSION = 1;

/** How a column is written, by its first number. */
const CONSTANT = 0;
const DIFFERENCES = 1;
const DIFFERENCES_OF_DIFFERENCES = 2;
const WITH_NULLS = 4;

/** A pack that cannot be read: cut off, damaged, or of a later version of Closewatch. */
export class PackError extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`A pack of samples cannot be read: ${reason}.`, options);
    this.name = 'PackError';
  }
}

/**
 * Packs columns of one length: of each the differences from value to value (or the differences of those, which suits
 * instants), as zigzag varints, the whole deflated. A column that never changes takes a few bytes.
 */
export function packColumns(columns: readonly Column[]): Buffer {
  const writer = new VarintWriter();
  const length = columns[0]?.length ?? 0;
  writer.unsigned(columns.length);
  writer.unsigned(length);
  for (const column of columns) {
    if (column.length !== length) throw new RangeError(`Columns of ${length} and of ${column.length} values.`);
    writeColumn(writer, column);
  }
  return Buffer.concat([Buffer.of(VERSION), deflateRawSync(writer.bytes())]);
}

/** What {@link packColumns} packed. Throws {@link PackError}. */
export function unpackColumns(pack: Uint8Array): Column[] {
  if (pack[0] !== VERSION) throw new PackError(`version ${pack[0] ?? 'none'} is not known`);
  let bytes: Buffer;
  try {
    bytes = inflateRawSync(pack.subarray(1));
  } catch (cause) {
    throw new PackError('it is not complete', { cause });
  }
  const reader = new VarintReader(bytes);
  const count = reader.unsigned();
  const length = reader.unsigned();
  const columns: Column[] = [];
  for (let index = 0; index < count; index++) columns.push(readColumn(reader, length));
  if (!reader.atEnd) throw new PackError('it goes on after its end');
  return columns;
}

function writeColumn(writer: VarintWriter, column: Column): void {
  const present = column.filter((value) => !Number.isNaN(value));
  const nulls = present.length < column.length ? WITH_NULLS : 0;
  const first = present[0] ?? 0;
  const constant = present.every((value) => value === first);
  const order = constant ? CONSTANT : cheaperOrder(present);
  writer.unsigned(order + nulls);
  if (nulls !== 0) writeNulls(writer, column);
  if (constant) return writer.signed(first);
  let before = 0;
  let slopeBefore = 0;
  for (const value of present) {
    const slope = value - before;
    writer.signed(order === DIFFERENCES ? slope : slope - slopeBefore);
    before = value;
    slopeBefore = slope;
  }
}

/** The order of differences that is the smaller in sum. */
function cheaperOrder(values: Column): typeof DIFFERENCES | typeof DIFFERENCES_OF_DIFFERENCES {
  let [first, second] = [0, 0];
  for (let index = 2; index < values.length; index++) {
    const slope = (values[index] ?? 0) - (values[index - 1] ?? 0);
    const slopeBefore = (values[index - 1] ?? 0) - (values[index - 2] ?? 0);
    first += Math.abs(slope);
    second += Math.abs(slope - slopeBefore);
  }
  return second < first ? DIFFERENCES_OF_DIFFERENCES : DIFFERENCES;
}

/** Lengths of runs, of values and of nulls in turn, the first of values. */
function writeNulls(writer: VarintWriter, column: Column): void {
  let isNull = false;
  let run = 0;
  for (const value of column) {
    if (Number.isNaN(value) !== isNull) {
      writer.unsigned(run);
      isNull = !isNull;
      run = 0;
    }
    run++;
  }
  writer.unsigned(run);
}

function readColumn(reader: VarintReader, length: number): Column {
  const kind = reader.unsigned();
  const order = kind & ~WITH_NULLS;
  if (order > DIFFERENCES_OF_DIFFERENCES) throw new PackError(`it has a column of unknown kind ${kind}`);
  const column = new Float64Array(length);
  if ((kind & WITH_NULLS) !== 0) readNulls(reader, column);
  const constant = order === CONSTANT ? reader.signed() : 0;
  let before = 0;
  let slope = 0;
  for (let index = 0; index < length; index++) {
    if (Number.isNaN(column[index])) continue;
    if (order === CONSTANT) {
      column[index] = constant;
      continue;
    }
    const difference = reader.signed();
    slope = order === DIFFERENCES ? difference : slope + difference;
    before += slope;
    column[index] = before;
  }
  return column;
}

function readNulls(reader: VarintReader, column: Column): void {
  let isNull = false;
  for (let index = 0; index < column.length; isNull = !isNull) {
    const end = index + reader.unsigned();
    if (end > column.length || (end === index && index > 0)) throw new PackError('its nulls do not add up');
    if (isNull) column.fill(NaN, index, end);
    index = end;
  }
}
