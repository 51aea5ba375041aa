import { type Turns } from '../history/turns.ts';
import { type Column, packColumns, PackError, unpackColumns } from './column-codec.ts';
import { type ListingChunk, type ListingColumns, type ThingColumns } from './listing-columns.ts';
import { type ListingKind } from './listing.ts';
import { joinParts, packBytes, packJson, splitParts, unpackBytes, unpackJson } from './pack-parts.ts';

/** Parts for each chunk: numbers of its things, JSON of the rest of them, and their columns. */
const PARTS = 3;

/**
 * Packs the samples of the hour that begins at `hour` (milliseconds): first the columns of all samples, then of some things
 * each what they are and their columns, so that one thing can be read without the others.
 */
export async function packListing<Thing>(
  kind: ListingKind<unknown, Thing>,
  hour: number,
  { takenAt, whole, chunks }: ListingColumns<Thing>,
  turns: Turns,
): Promise<Buffer> {
  const parts = [packColumns([takenAt.map((at) => at - hour), ...whole])];
  for (const chunk of chunks()) {
    await turns.give();
    const columns = chunk.columns();
    const things = chunk.things().map((thing) => kind.split(thing));
    // Which of its numbers each thing has a column of, as bits: the others are null throughout.
    const told = columns.map(({ values }) =>
      values.reduce((bits, column, index) => (column === null ? bits : bits | (1 << index)), 0),
    );
    const numberCount = things[0]?.numbers.length ?? 0;
    parts.push(
      packColumns([
        Float64Array.from(told),
        Float64Array.from(chunk.greatest),
        ...Array.from({ length: numberCount }, (_, index) =>
          Float64Array.from(things, ({ numbers }) => numbers[index] ?? NaN),
        ),
      ]),
      packJson(things.map(({ rest }) => rest)),
      packBytes(packColumns(columns.flatMap(({ shift, values }) => [shift, ...values.filter((one) => one !== null)]))),
    );
  }
  return joinParts(parts);
}

/** What {@link packListing} packed; chunks are unpacked when they are asked for. Throws {@link PackError}, then too. */
export function unpackListing<Thing>(
  kind: ListingKind<unknown, Thing>,
  hour: number,
  pack: Uint8Array,
): ListingColumns<Thing> {
  const [first, ...rest] = splitParts(pack);
  if (first === undefined) throw new PackError('it has no samples');
  const [offset, ...whole] = unpackColumns(first);
  if (offset === undefined || whole.length !== kind.wholeCount) {
    throw new PackError('it has another number of columns than its kind');
  }
  return {
    takenAt: offset.map((at) => at + hour),
    whole,
    chunks: function* () {
      for (let index = 0; index < rest.length; index += PARTS) {
        const [numbers, json, columns] = rest.slice(index, index + PARTS);
        if (numbers === undefined || json === undefined || columns === undefined) {
          throw new PackError('it has things without columns');
        }
        yield unpackChunk(kind, { numbers, json, columns }, offset.length);
      }
    },
  };
}

function unpackChunk<Thing>(
  kind: ListingKind<unknown, Thing>,
  parts: { readonly numbers: Uint8Array; readonly json: Uint8Array; readonly columns: Uint8Array },
  length: number,
): ListingChunk<Thing> {
  const [told, greatest, ...identities] = unpackColumns(parts.numbers);
  if (told === undefined || greatest === undefined) throw new PackError('it does not say what its columns are');
  let rests: readonly unknown[] | undefined;
  const restOf = (index: number): unknown => {
    rests ??= unpackJson(parts.json) as readonly unknown[];
    return rests[index];
  };
  const numbersOf = (index: number): number[] => identities.map((column) => column[index] ?? NaN);
  const indices = [...told.keys()];
  return {
    keys: indices.map((index) => kind.keyOf(numbersOf(index), () => restOf(index))),
    greatest: [...greatest],
    things: () => indices.map((index) => kind.join(numbersOf(index), restOf(index))),
    columns: () => thingColumns(unpackColumns(unpackBytes(parts.columns)), told, kind.valueCount, length),
  };
}

function thingColumns(columns: readonly Column[], told: Column, valueCount: number, length: number): ThingColumns[] {
  let next = 0;
  const take = (): Column => {
    const column = columns[next++];
    if (column?.length !== length) throw new PackError('it has another number of values than samples');
    return column;
  };
  return Array.from(told, (bits) => ({
    shift: take(),
    values: Array.from({ length: valueCount }, (_, index) => ((bits >>> index) & 1 ? take() : null)),
  }));
}
