import { type TimeGrid } from '../history/time-grid.ts';
import { type Column } from '../packing/column-codec.ts';

/** Steps without a value are null: a gap is drawn as a gap. */
export type StepValues = (number | null)[];

/** Of each sample the step of the grid that it counts to, or {@link NO_STEP}. */
export type SampleSteps = Int32Array;
export const NO_STEP = -1;

/** The steps of some samples; one at the very end of the grid counts to its last. */
export function stepsOf({ start, stepMs, count }: TimeGrid, takenAt: Column, rows: readonly number[]): SampleSteps {
  const steps = new Int32Array(takenAt.length).fill(NO_STEP);
  for (const row of rows) steps[row] = Math.min(Math.floor(((takenAt[row] ?? 0) - start) / stepMs), count - 1);
  return steps;
}

/** Least, greatest and mean of some number in each step of a grid. */
export class StepExtremes {
  private readonly least: Float64Array;
  private readonly greatest: Float64Array;
  private readonly sum: Float64Array;
  /** How many values there were. */
  readonly told: Float64Array;

  constructor(count: number) {
    this.least = new Float64Array(count).fill(Infinity);
    this.greatest = new Float64Array(count).fill(-Infinity);
    this.sum = new Float64Array(count);
    this.told = new Float64Array(count);
  }

  /** Values of samples; NaN is no value, and so is a whole column that nobody told. */
  add(steps: SampleSteps, values: Column | null | undefined): void {
    if (values === null || values === undefined) return;
    const { least, greatest, sum, told } = this;
    for (let row = 0; row < steps.length; row++) {
      const step = steps[row] ?? NO_STEP;
      const value = values[row] ?? NaN;
      if (step === NO_STEP || value !== value) continue;
      if (value < (least[step] ?? 0)) least[step] = value;
      if (value > (greatest[step] ?? 0)) greatest[step] = value;
      sum[step] = (sum[step] ?? 0) + value;
      told[step] = (told[step] ?? 0) + 1;
    }
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

  /** Counts none of which is negative, and of which one that was not told while `others` were is zero. */
  amongOthers(others: StepExtremes): { min: StepValues; max: StepValues } {
    const { least, greatest, told } = this;
    return {
      min: others.values((step) => ((told[step] ?? 0) < (others.told[step] ?? 0) ? 0 : least[step])),
      max: others.values((step) => Math.max(0, greatest[step] ?? 0)),
    };
  }

  private values(of: (step: number) => number | undefined): StepValues {
    return Array.from(this.told, (told, step) => (told === 0 ? null : (of(step) ?? null)));
  }
}
