/** A section of a snapshot as it was told. */
export interface Sample<Content> {
  /** The instant that it stands for, milliseconds since the epoch. */
  readonly takenAt: number;
  readonly content: Content;
}

/** One thing of a list (a process, a destination) and the numbers told of it. */
export interface Listed<Thing> {
  readonly thing: Thing;
  /** Null where one was not told. All lists of a kind have as many, in the same order. */
  readonly values: readonly (number | null)[];
}

/**
 * A kind of section that lists things with numbers, beside some numbers of its own. To take it apart and put it together
 * again must lose nothing that its schema has.
 */
export interface ListingKind<Content, Thing> {
  /**
   * A thing in two parts: numbers, of which each thing of the kind has as many and which are read at once, and the rest, as
   * JSON, which is read when somebody asks for it.
   */
  split(thing: Thing): { readonly numbers: readonly number[]; readonly rest: unknown };
  join(numbers: readonly number[], rest: unknown): Thing;
  /** The same for a thing over time, whatever else is told of it. */
  keyOf(numbers: readonly number[], rest: () => unknown): string;
  /** How many numbers there are of the whole, and of each thing. */
  readonly wholeCount: number;
  readonly valueCount: number;
  wholeOf(content: Content): readonly (number | null)[];
  listOf(content: Content): readonly Listed<Thing>[];
  contentOf(whole: readonly (number | null)[], list: readonly Listed<Thing>[]): Content;
  /** By what agents order a list, the greatest first, and people choose from it; NaN in `values` stands for null. */
  weightOf(values: readonly number[]): number;
}

/** Null as columns have it. */
export const orNaN = (value: number | null | undefined): number => value ?? NaN;
/** Null as JSON has it. */
export const orNull = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : value;
