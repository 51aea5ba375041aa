import { type Column, packColumns, PackError, unpackColumns } from './column-codec.ts';
import { type ListingChunk, type ListingColumns, type ThingColumns } from './listing-columns.ts';
import { type ListingKind } from './listing.ts';
import { joinParts, packBytes, packJson, splitParts, unpackBytes, unpackJson } from './pack-parts.ts';
import { type Turns } from '../history/turns.ts';

/** JSON before the columns of some things. */
interface Dictionary<Thing> {
  readonly things: readonly Thing[];
  readonly greatest: readonly number[];
  /** Which of its numbers each thing has a column of, as bits: the others are null throughout. */
  readonly told: readonly number[];
}

/**
 * Packs the samples of the hour that begins at `hour` (milliseconds): first the columns of all samples, then, of some things
 * each, JSON that names them and their columns, so that one thing can be read without the others.
 */
export async function packListing<Thing>(
  hour: number,
  { takenAt, whole, chunks }: ListingColumns<Thing>,
  turns: Turns,
): Promise<Buffer> {
  const parts = [packBytes(packColumns([takenAt.map((at) => at - hour), ...whole]))];
  for (const { things, columns } of chunks()) {
    await turns.give();
    const told: number[] = [];
    const written: Column[] = [];
    for (const { shift, values } of columns()) {
      const isTold = values.map((column) => column.some((value) => !Number.isNaN(value)));
      told.push(isTold.reduce((bits, is, index) => (is ? bits | (1 << index) : bits), 0));
      written.push(shift, ...values.filter((_, index) => isTold[index] === true));
    }
    const dictionary: Dictionary<Thing> = {
      things: things.map(({ thing }) => thing),
      greatest: things.map(({ greatest }) => greatest),
      told,
    };
    parts.push(packJson(dictionary), packBytes(packColumns(written)));
  }
  return joinParts(parts);
}

/** What {@link packListing} packed; chunks are unpacked when they are asked for. Throws {@link PackError}, then too. */
export function unpackListing<Content, Thing>(
  kind: ListingKind<Content, Thing>,
  hour: number,
  pack: Uint8Array,
): ListingColumns<Thing> {
  const [first, ...rest] = splitParts(pack);
  if (first === undefined) throw new PackError('it has no samples');
  const [offset, ...whole] = unpackColumns(unpackBytes(first));
  if (offset === undefined || whole.length !== kind.wholeCount) {
    throw new PackError('it has another number of columns than its kind');
  }
  return {
    takenAt: offset.map((at) => at + hour),
    whole,
    chunks: function* () {
      for (let index = 0; index < rest.length; index += 2) {
        const [json, packed] = [rest[index], rest[index + 1]];
        if (json === undefined || packed === undefined) throw new PackError('it has a dictionary without columns');
        yield unpackChunk<Thing>(unpackJson(json) as Dictionary<Thing>, packed, offset.length, kind.valueCount);
      }
    },
  };
}

function unpackChunk<Thing>(
  { things, greatest, told }: Dictionary<Thing>,
  packed: Uint8Array,
  length: number,
  valueCount: number,
): ListingChunk<Thing> {
  return {
    things: things.map((thing, index) => ({ thing, greatest: greatest[index] ?? 0 })),
    columns: () => {
      const nothing = new Float64Array(length).fill(NaN);
      const columns = unpackColumns(unpackBytes(packed))[Symbol.iterator]();
      const next = (): Column => {
        const column: Column | undefined = columns.next().value;
        if (column?.length !== length) throw new PackError('it has another number of values than samples');
        return column;
      };
      return told.map((bits): ThingColumns => ({
        shift: next(),
        values: Array.from({ length: valueCount }, (_, index) => ((bits >>> index) & 1 ? next() : nothing)),
      }));
    },
  };
}
