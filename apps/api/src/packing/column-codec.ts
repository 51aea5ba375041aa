import { crc32 } from 'node:zlib';
import { PackReader, PackWriter, WIDEST_BITS } from './pack-bytes.ts';

/** A column of numbers; NaN stands for null. Whole ones between -(2^51) and 2^51 are packed tightly, others take eight bytes. */
export type Column = Float64Array;

/** First byte of what is packed, so that another way of packing may follow. Then the CRC-32 of the rest, four bytes. */
const VERSION = 1;
const HEAD_BYTES = 5;
/** More would not be unpacked: 128 MB. */
export const MAX_PACK_VALUES = 2 ** 24;
const MAX_COLUMNS = 1_024;
const MAX_VALUE = 2 ** 51 - 1;
/** Of two such values; zigzag it has 53 bits. */
const MAX_DIFFERENCE = 2 * MAX_VALUE;

/** How a column is written, by its first number. */
const CONSTANT = 0;
const VALUES = 1;
const DIFFERENCES = 2;
const WITH_NULLS = 4;

/** So many numbers have their least and the width of what is above it in common. */
const BLOCK = 128;
/** In place of a width: whole numbers one by one; numbers of any kind in eight bytes each. */
const ONE_BY_ONE = 0xff;
const DOUBLES = 0xfe;

/** A pack that cannot be read: cut off, damaged, or of a later version of Closewatch. */
export class PackError extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`A pack of samples cannot be read: ${reason}.`, options);
    this.name = 'PackError';
  }
}

/**
 * Packs columns of one length: of each the values, or the differences from value to value where those are smaller, in
 * blocks of as many bits as the block needs. A column that never changes takes a few bytes. Throws RangeError for columns
 * of different lengths and for more than {@link MAX_PACK_VALUES}. Minus zero becomes zero.
 */
export function packColumns(columns: readonly Column[]): Buffer {
  const length = columns[0]?.length ?? 0;
  if (columns.length > MAX_COLUMNS || columns.length * length > MAX_PACK_VALUES) {
    throw new RangeError(`${columns.length} columns of ${length} values are too many for one pack.`);
  }
  const writer = new PackWriter();
  writer.unsigned(columns.length);
  writer.unsigned(length);
  for (const column of columns) {
    if (column.length !== length) throw new RangeError(`Columns of ${length} and of ${column.length} values.`);
    writeColumn(writer, column);
  }
  const head = Buffer.alloc(HEAD_BYTES, VERSION);
  head.writeUInt32LE(crc32(writer.bytes()), 1);
  return Buffer.concat([head, writer.bytes()]);
}

/**
 * What {@link packColumns} packed. The columns lie in `scratch`, until that is used again, if there is room for them in it:
 * thousands of packs in a row would otherwise leave much garbage. Throws {@link PackError}.
 */
export function unpackColumns(pack: Uint8Array, scratch?: Float64Array): Column[] {
  if (pack[0] !== VERSION) throw new PackError(`version ${pack[0] ?? 'none'} is not known`);
  const content = pack.subarray(HEAD_BYTES);
  const [a = 0, b = 0, c = 0, d = 0] = pack.subarray(1, HEAD_BYTES);
  if (crc32(content) !== (a | (b << 8) | (c << 16) | (d << 24)) >>> 0) throw new PackError('it is damaged');
  try {
    return readColumns(new PackReader(content), scratch);
  } catch (cause) {
    if (cause instanceof RangeError) throw new PackError('it is not complete', { cause });
    throw cause;
  }
}

function readColumns(reader: PackReader, scratch: Float64Array | undefined): Column[] {
  const count = reader.unsigned();
  const length = reader.unsigned();
  if (count > MAX_COLUMNS || count * length > MAX_PACK_VALUES) {
    throw new PackError(`${count} columns of ${length} values are too many`);
  }
  // One allocation for all: that of many small ones takes longer than reading them.
  const all = roomFor(count * length, scratch);
  const columns = Array.from({ length: count }, (_, index) => all.subarray(index * length, (index + 1) * length));
  for (const column of columns) readColumn(reader, column);
  if (!reader.atEnd) throw new PackError('it goes on after its end');
  return columns;
}

function roomFor(values: number, scratch: Float64Array | undefined): Float64Array {
  if (scratch === undefined || scratch.length < values) return new Float64Array(values);
  return scratch.subarray(0, values).fill(0);
}

function writeColumn(writer: PackWriter, column: Column): void {
  const present = presentOf(column);
  const first = present[0] ?? 0;
  const values = blocksOf(present, MAX_VALUE);
  const tight = values.every(({ width }) => width !== DOUBLES);
  const constant = tight && values.every(({ least, width }) => least === first && width === 0);
  const differences = tight && !constant ? differencesOf(present) : present;
  const steps = tight && !constant ? blocksOf(differences, MAX_DIFFERENCE) : values;
  const order = constant ? CONSTANT : bitsOf(steps) < bitsOf(values) ? DIFFERENCES : VALUES;
  const nulls = present.length < column.length ? WITH_NULLS : 0;
  writer.unsigned(order + nulls);
  if (nulls !== 0) writeRuns(writer, column);
  if (order !== VALUES) writer.signed(first);
  if (order === VALUES) writeBlocks(writer, present, values);
  if (order === DIFFERENCES) writeBlocks(writer, differences, steps);
}

/** The values without the nulls. */
function presentOf(column: Column): Column {
  const present = new Float64Array(column.length);
  let length = 0;
  for (const value of column) if (!Number.isNaN(value)) present[length++] = value;
  return present.subarray(0, length);
}

/** One fewer than there are values. */
function differencesOf(values: Column): Column {
  const differences = new Float64Array(Math.max(0, values.length - 1));
  for (let index = 0; index < differences.length; index++) {
    differences[index] = (values[index + 1] ?? 0) - (values[index] ?? 0);
  }
  return differences;
}

interface Block {
  readonly start: number;
  readonly end: number;
  readonly least: number;
  /** Bits of each value above the least. */
  readonly width: number;
}

/** What is no whole number of at most `most` is written as it is. */
function blocksOf(values: Column, most: number): Block[] {
  const blocks: Block[] = [];
  for (let start = 0; start < values.length; start += BLOCK) {
    const end = Math.min(start + BLOCK, values.length);
    let least = Infinity;
    let greatest = -Infinity;
    let whole = true;
    for (let index = start; index < end; index++) {
      const value = values[index] ?? 0;
      if (value < least) least = value;
      if (value > greatest) greatest = value;
      if (!Number.isInteger(value)) whole = false;
    }
    blocks.push({
      start,
      end,
      least,
      width: whole && least >= -most && greatest <= most ? widthOf(greatest - least) : DOUBLES,
    });
  }
  return blocks;
}

function widthOf(range: number): number {
  return range < 2 ** WIDEST_BITS ? 32 - Math.clz32(range) : ONE_BY_ONE;
}

/** About; least and width are two numbers more. */
function bitsOf(blocks: readonly Block[]): number {
  return blocks.reduce((bits, { start, end, width }) => bits + (end - start) * Math.min(width, 48) + 16, 0);
}

function writeBlocks(writer: PackWriter, values: Column, blocks: readonly Block[]): void {
  for (const { start, end, least, width } of blocks) {
    writer.unsigned(width);
    if (width === ONE_BY_ONE) {
      for (let index = start; index < end; index++) writer.signed(values[index] ?? 0);
    } else if (width === DOUBLES) {
      for (let index = start; index < end; index++) writer.double(values[index] ?? 0);
    } else {
      writer.signed(least);
      writer.bits(values, start, end, least, width);
    }
  }
}

/** Lengths of runs, of values and of nulls in turn, the first of values. */
function writeRuns(writer: PackWriter, column: Column): void {
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

function readColumn(reader: PackReader, column: Column): void {
  const kind = reader.unsigned();
  const order = kind & ~WITH_NULLS;
  if (order > DIFFERENCES) throw new PackError(`it has a column of unknown kind ${kind}`);
  if ((kind & WITH_NULLS) === 0) return readValues(reader, order, column);
  const runs = readRuns(reader, column.length);
  const present = new Float64Array(runs.reduce((sum, { start, end }) => sum + end - start, 0));
  readValues(reader, order, present);
  column.fill(NaN);
  let from = 0;
  for (const { start, end } of runs) {
    column.set(present.subarray(from, from + end - start), start);
    from += end - start;
  }
}

/** The runs of values; what is between them is null. */
function readRuns(reader: PackReader, length: number): { start: number; end: number }[] {
  const runs: { start: number; end: number }[] = [];
  let isNull = false;
  for (let start = 0; start < length; isNull = !isNull) {
    const end = start + reader.unsigned();
    if (end > length || (end === start && start > 0)) throw new PackError('its nulls do not add up');
    if (!isNull) runs.push({ start, end });
    start = end;
  }
  return runs;
}

function readValues(reader: PackReader, order: number, values: Column): void {
  if (order === VALUES) return readBlocks(reader, values, 0);
  const first = reader.signed();
  if (order === CONSTANT) {
    values.fill(first);
    return;
  }
  readBlocks(reader, values, 1);
  let sum = first;
  for (let index = 0; index < values.length; index++) {
    sum += values[index] ?? 0;
    values[index] = sum;
  }
}

function readBlocks(reader: PackReader, values: Column, from: number): void {
  for (let start = from; start < values.length; start += BLOCK) {
    const end = Math.min(start + BLOCK, values.length);
    const width = reader.unsigned();
    if (width <= WIDEST_BITS) {
      const least = reader.signed();
      if (width === 0) values.fill(least, start, end);
      else reader.bits(values, start, end, least, width);
    } else if (width === ONE_BY_ONE) {
      for (let index = start; index < end; index++) values[index] = reader.signed();
    } else if (width === DOUBLES) {
      for (let index = start; index < end; index++) values[index] = reader.double();
    } else {
      throw new PackError(`it has a block of unknown width ${width}`);
    }
  }
}
