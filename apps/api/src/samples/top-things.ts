import { type Turns } from '../history/turns.ts';
import { type ListingChunk } from '../packing/listing-columns.ts';
import { type ListingKind, orNaN } from '../packing/listing.ts';
import { type SampleBlock } from './sample-blocks.ts';

/** A thing that was chosen, and its greatest weight in the range. */
export interface ChosenThing {
  /** ListingKind.keyOf */
  readonly key: string;
  readonly greatest: number;
}

/** So many are remembered at least: far more than are chosen. */
const REMEMBERED = 5_000;

/**
 * The things with the greatest weights of all samples that are handed over. What is forgotten on the way, so that memory
 * stays small on a host where processes come and go, has never been among the many first, and need not be known to choose
 * the few first.
 */
export class TopThings<Thing> {
  /** Greatest weights by key. */
  private known = new Map<string, number>();

  constructor(
    private readonly kind: ListingKind<unknown, Thing>,
    private readonly isAsked: (key: string) => boolean,
  ) {}

  async add({ columns, rows }: SampleBlock<Thing>, turns: Turns): Promise<void> {
    if (rows.length === 0) return;
    // Whose rows all count is ranked as the pack says; else the columns tell.
    const isWhole = rows.length === columns.takenAt.length;
    for (const chunk of columns.chunks()) {
      await turns.give();
      if (isWhole) for (const [index, key] of chunk.keys.entries()) this.note(key, orNaN(chunk.greatest[index]));
      else this.addRows(chunk, rows);
    }
    if (this.known.size > 2 * REMEMBERED) this.known = new Map(this.ranked(REMEMBERED));
  }

  /** The greatest first. */
  first(count: number): ChosenThing[] {
    return this.ranked(count).map(([key, greatest]) => ({ key, greatest }));
  }

  private addRows(chunk: ListingChunk<Thing>, rows: readonly number[]): void {
    if (!chunk.keys.some(this.isAsked)) return;
    for (const [index, { shift, values }] of chunk.columns().entries()) {
      const listed = rows.filter((row) => !Number.isNaN(shift[row]));
      if (listed.length === 0) continue;
      const weights = listed.map((row) => this.kind.weightOf(values.map((column) => orNaN(column?.[row]))));
      this.note(chunk.keys[index] ?? '', Math.max(...weights));
    }
  }

  private note(key: string, greatest: number): void {
    if (!this.isAsked(key)) return;
    const known = this.known.get(key);
    if (known === undefined || greatest > known) this.known.set(key, greatest);
  }

  private ranked(count: number): [key: string, greatest: number][] {
    // Where weights are the same, the choice must not depend on where samples are kept.
    return [...this.known].sort(([a, most], [b, other]) => other - most || (a < b ? -1 : 1)).slice(0, count);
  }
}
