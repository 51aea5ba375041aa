import { type Turns } from '../history/turns.ts';
import { type ListingColumns } from './listing-columns.ts';
import { type Listed, type ListingKind, orNaN, orNull, type Sample } from './listing.ts';

interface Placed<Thing> extends Listed<Thing> {
  readonly weight: number;
  readonly shift: number;
}

/** Samples put together again, those that are wanted: all unless said. Exactly what `columnsOf` took apart. */
export async function samplesOf<Content, Thing>(
  kind: ListingKind<Content, Thing>,
  { takenAt, whole, chunks }: ListingColumns<Thing>,
  turns: Turns,
  isWanted: (takenAt: number) => boolean = () => true,
): Promise<Sample<Content>[]> {
  const rows = [...takenAt.keys()].filter((row) => isWanted(orNaN(takenAt[row])));
  if (rows.length === 0) return [];
  const lists = new Map(rows.map((row) => [row, [] as Placed<Thing>[]]));
  for (const chunk of chunks()) {
    await turns.give();
    const things = chunk.things();
    for (const [index, { shift, values }] of chunk.columns().entries()) {
      const thing = things[index];
      if (thing === undefined) continue;
      for (const [row, list] of lists) {
        const shifted = orNaN(shift[row]);
        if (Number.isNaN(shifted)) continue;
        const told = values.map((column) => orNaN(column?.[row]));
        list.push({ thing, values: told.map(orNull), weight: kind.weightOf(told), shift: shifted });
      }
    }
  }
  const samples: Sample<Content>[] = [];
  for (const [row, list] of lists) {
    await turns.give();
    const numbers = whole.map((column) => orNull(column[row]));
    samples.push({ takenAt: orNaN(takenAt[row]), content: kind.contentOf(numbers, inPlaces(list)) });
  }
  return samples;
}

/** The list comes in the order of things, which is kept among those of the same weight. */
function inPlaces<Thing>(list: readonly Placed<Thing>[]): Listed<Thing>[] {
  return list
    .toSorted((a, b) => b.weight - a.weight)
    .map((placed, index) => ({ placed, place: index + placed.shift }))
    .sort((a, b) => a.place - b.place)
    .map(({ placed: { thing, values } }) => ({ thing, values }));
}
