import { type TimeGrid } from '../history/time-grid.ts';

/** Steps without a value are null: a gap is drawn as a gap. */
export type StepValues = (number | null)[];

/** The step of an instant within the grid, or at its very end: such a one counts to the last. */
export function stepOf({ start, stepMs, count }: TimeGrid, at: number): number {
  return Math.min(Math.floor((at - start) / stepMs), count - 1);
}

/** Least, greatest and mean of some number in each step of a grid. */
export class StepExtremes {
  private readonly least: Float64Array;
  private readonly greatest: Float64Array;
  private readonly sum: Float64Array;
  private readonly told: Float64Array;

  constructor(count: number) {
    this.least = new Float64Array(count).fill(Infinity);
    this.greatest = new Float64Array(count).fill(-Infinity);
    this.sum = new Float64Array(count);
    this.told = new Float64Array(count);
  }

  /** NaN is no value. */
  add(step: number, value: number): void {
    if (Number.isNaN(value)) return;
    this.least[step] = Math.min(this.least[step] ?? 0, value);
    this.greatest[step] = Math.max(this.greatest[step] ?? 0, value);
    this.sum[step] = (this.sum[step] ?? 0) + value;
    this.told[step] = (this.told[step] ?? 0) + 1;
  }

  get min(): StepValues {
    return this.values((step) => this.least[step]);
  }

  get max(): StepValues {
    return this.values((step) => this.greatest[step]);
  }

  get avg(): StepValues {
    return this.values((step) => (this.sum[step] ?? 0) / (this.told[step] ?? 1));
  }

  private values(of: (step: number) => number | undefined): StepValues {
    return Array.from(this.told, (told, step) => (told === 0 ? null : (of(step) ?? null)));
  }
}
