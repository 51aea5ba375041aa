import { type Turns } from '../history/turns.ts';
import { type Column } from './column-codec.ts';
import { type ListingKind, orNaN, type Sample } from './listing.ts';

/** What samples of one host and namespace tell, thing by thing; each column has one value a sample, NaN for null. */
export interface ListingColumns<Thing> {
  /** Milliseconds since the epoch. */
  readonly takenAt: Column;
  readonly whole: readonly Column[];
  /** Things, those with the greatest weights first, so few at once that the work of a step is about a millisecond. */
  readonly chunks: () => Iterable<ListingChunk<Thing>>;
}

/** Some things. What is behind a function is read when it is called. */
export interface ListingChunk<Thing> {
  /** Of each thing what is the same over time (ListingKind.keyOf). */
  readonly keys: readonly string[];
  /** Of each thing its greatest weight in the samples. */
  readonly greatest: readonly number[];
  readonly things: () => readonly Thing[];
  /** Of each thing its columns. */
  readonly columns: () => readonly ThingColumns[];
}

export interface ThingColumns {
  /**
   * How many places further down the list it was than weights (and, where they are the same, the order of things here)
   * would have it: nearly always zero. NaN where it was not listed.
   */
  readonly shift: Column;
  /** Null instead of a column in which all is null. */
  readonly values: readonly (Column | null)[];
}

/** Values of a chunk, unpacked; and characters of its things as JSON. */
const CHUNK_VALUES = 32_768;
const CHUNK_TEXT = 65_536;
/** The codec takes no more columns than some 1,000. */
const CHUNK_COLUMNS = 512;

interface Entry<Thing> {
  readonly thing: Thing;
  readonly textLength: number;
  greatest: number;
  /** In which samples it is listed, what the numbers are there, and in which place. */
  readonly rows: number[];
  readonly values: (readonly (number | null)[])[];
  readonly shifts: number[];
}

interface Place<Thing> {
  readonly entry: Entry<Thing>;
  readonly weight: number;
  readonly place: number;
}

/** Samples taken apart. */
export async function columnsOf<Content, Thing>(
  kind: ListingKind<Content, Thing>,
  samples: readonly Sample<Content>[],
  turns: Turns,
): Promise<ListingColumns<Thing>> {
  const known = new Map<string, Entry<Thing>>();
  const lists: Place<Thing>[][] = [];
  for (const [row, { content }] of samples.entries()) {
    await turns.give();
    lists.push(
      kind.listOf(content).map(({ thing, values }, place) => {
        const weight = kind.weightOf(values.map(orNaN));
        const entry = entryOf(known, thing, row);
        entry.rows.push(row);
        entry.values.push(values);
        entry.greatest = Math.max(entry.greatest, weight);
        return { entry, weight, place };
      }),
    );
  }
  // The sort is stable: of the same weight the one that was listed first.
  const entries = [...known.values()].sort((a, b) => b.greatest - a.greatest);
  const order = new Map(entries.map((entry, index) => [entry, index]));
  for (const list of lists) {
    await turns.give();
    list.sort((a, b) => b.weight - a.weight || orNaN(order.get(a.entry)) - orNaN(order.get(b.entry)));
    for (const [index, { entry, place }] of list.entries()) entry.shifts.push(place - index);
  }
  const wholes = samples.map(({ content }) => kind.wholeOf(content));
  return {
    takenAt: Float64Array.from(samples, ({ takenAt }) => takenAt),
    whole: Array.from({ length: kind.wholeCount }, (_, index) =>
      Float64Array.from(wholes, (whole) => orNaN(whole[index])),
    ),
    chunks: () => chunksOf(kind, entries, samples.length),
  };
}

/** The entry of a thing that is not in this sample yet: one that is listed twice in it has two entries. */
function entryOf<Thing>(known: Map<string, Entry<Thing>>, thing: Thing, row: number): Entry<Thing> {
  const text = JSON.stringify(thing);
  for (let key = text; ; key += '+') {
    const entry = known.get(key);
    if (entry === undefined) {
      const made = { thing, greatest: 0, textLength: text.length, rows: [], values: [], shifts: [] };
      known.set(key, made);
      return made;
    }
    if (entry.rows.at(-1) !== row) return entry;
  }
}

function* chunksOf<Thing>(
  kind: ListingKind<unknown, Thing>,
  entries: readonly Entry<Thing>[],
  length: number,
): Generator<ListingChunk<Thing>> {
  let chunk: Entry<Thing>[] = [];
  let [columns, text] = [0, 0];
  for (const entry of entries) {
    const more = 1 + toldOf(entry, kind.valueCount);
    const tooMany = columns + more > CHUNK_COLUMNS || (columns + more) * length > CHUNK_VALUES;
    if (chunk.length > 0 && (tooMany || text + entry.textLength > CHUNK_TEXT)) {
      yield chunkOf(kind, chunk, length);
      chunk = [];
      [columns, text] = [0, 0];
    }
    chunk.push(entry);
    columns += more;
    text += entry.textLength;
  }
  if (chunk.length > 0) yield chunkOf(kind, chunk, length);
}

/** How many of its numbers were told at least once. */
function toldOf(entry: Entry<unknown>, valueCount: number): number {
  let told = 0;
  for (let index = 0; index < valueCount; index++) {
    if (entry.values.some((values) => !Number.isNaN(orNaN(values[index])))) told++;
  }
  return told;
}

function chunkOf<Thing>(
  kind: ListingKind<unknown, Thing>,
  entries: readonly Entry<Thing>[],
  length: number,
): ListingChunk<Thing> {
  return {
    keys: entries.map(({ thing }) => {
      const { numbers, rest } = kind.split(thing);
      return kind.keyOf(numbers, () => rest);
    }),
    greatest: entries.map(({ greatest }) => greatest),
    things: () => entries.map(({ thing }) => thing),
    columns: () =>
      entries.map(({ rows, values, shifts }) => ({
        shift: spread(rows, shifts, length),
        values: Array.from({ length: kind.valueCount }, (_, index) => {
          const told = values.map((numbers) => numbers[index] ?? null);
          return told.every((value) => value === null) ? null : spread(rows, told, length);
        }),
      })),
  };
}

function spread(rows: readonly number[], values: readonly (number | null)[], length: number): Column {
  const column = new Float64Array(length).fill(NaN);
  for (const [index, row] of rows.entries()) column[row] = orNaN(values[index]);
  return column;
}
