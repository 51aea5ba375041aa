import { type Turns } from '../history/turns.ts';
import { type ListingChunk } from '../packing/listing-columns.ts';
import { type SampleBlock } from './sample-blocks.ts';
import { type SampledKind } from './sampled-kind.ts';

/** A thing that was chosen, and its greatest weight in the range. */
export interface ChosenThing {
  readonly identity: string;
  readonly greatest: number;
}

/** So many are remembered at least: far more than are chosen. */
const REMEMBERED = 5_000;

/**
 * The things with the greatest weights of all samples that are handed over. What is forgotten on the way, so that memory
 * stays small on a host where processes come and go, has never been among the many first, and need not be known to choose
 * the few first.
 */
export class TopThings<Content, Thing> {
  /** Greatest weights by identity. */
  private known = new Map<string, number>();

  constructor(
    private readonly kind: SampledKind<Content, Thing>,
    private readonly isAsked: (thing: Thing) => boolean,
  ) {}

  async add({ columns, rows }: SampleBlock<Thing>, turns: Turns): Promise<void> {
    // Whose rows all count is ranked as the pack says; else the columns tell.
    const isWhole = rows.length === columns.takenAt.length;
    if (rows.length === 0) return;
    for (const chunk of columns.chunks()) {
      await turns.give();
      if (isWhole) for (const { thing, greatest } of chunk.things) this.note(thing, greatest);
      else this.addRows(chunk, rows);
    }
    if (this.known.size > 2 * REMEMBERED) this.known = new Map(this.ranked(REMEMBERED));
  }

  /** The greatest first. */
  first(count: number): ChosenThing[] {
    return this.ranked(count).map(([identity, greatest]) => ({ identity, greatest }));
  }

  private addRows({ things, columns }: ListingChunk<Thing>, rows: readonly number[]): void {
    if (!things.some(({ thing }) => this.isAsked(thing))) return;
    for (const [index, { shift, values }] of columns().entries()) {
      const thing = things[index]?.thing;
      const listed = rows.filter((row) => !Number.isNaN(shift[row]));
      if (thing === undefined || listed.length === 0) continue;
      const weights = listed.map((row) => this.kind.listing.weightOf(values.map((column) => column[row] ?? NaN)));
      this.note(thing, Math.max(...weights));
    }
  }

  private note(thing: Thing, greatest: number): void {
    if (!this.isAsked(thing)) return;
    const identity = this.kind.identityOf(thing);
    this.known.set(identity, Math.max(this.known.get(identity) ?? 0, greatest));
  }

  private ranked(count: number): [identity: string, greatest: number][] {
    // Where weights are the same, the choice must not depend on where samples are kept.
    return [...this.known].sort(([a, most], [b, other]) => other - most || (a < b ? -1 : 1)).slice(0, count);
  }
}
