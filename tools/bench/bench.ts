import { type Figure } from './figures.ts';

/** A peer or a part that this machine does not have. */
export interface Skipped {
  readonly what: string;
  readonly why: string;
}

export interface BenchResult {
  readonly figures: readonly Figure[];
  readonly skipped: readonly Skipped[];
  /** More than figures can tell, printed before them. */
  readonly report?: string;
}

/** One benchmark. To add another: a folder with one of these, listed in main.ts. */
export interface Bench {
  readonly name: string;
  readonly summary: string;
  /** `words`: what follows the name on the command line. Throws {@link CannotRun} where nothing can be measured. */
  run(words: readonly string[]): Promise<BenchResult>;
}

/** This machine lacks what the benchmark stands on; the message says what to do. */
export class CannotRun extends Error {}
