import { type ProcessHistory } from '@closewatch/protocol';
import { TCP_STATES } from '@closewatch/socket-states';
import { DESCRIPTORS_LIMIT, DESCRIPTORS_USED, OTHERS, socketsOf, UNOWNED } from '../packing/process-pack.ts';
import { type Gatherer } from '../samples/sample-series.ts';
import { StepExtremes } from '../samples/step-extremes.ts';

/** The steps of one process. */
export class ProcessSteps implements Gatherer {
  private readonly sockets: StepExtremes;
  private readonly states: readonly StepExtremes[];
  private readonly hasBeenIn = new Set<number>();
  private readonly used: StepExtremes;
  private readonly limit: StepExtremes;

  constructor(count: number) {
    this.sockets = new StepExtremes(count);
    this.states = TCP_STATES.map(() => new StepExtremes(count));
    this.used = new StepExtremes(count);
    this.limit = new StepExtremes(count);
  }

  add(step: number, numbers: readonly number[]): void {
    this.sockets.add(step, socketsOf(numbers));
    for (const [index, extremes] of this.states.entries()) {
      const count = numbers[index] ?? NaN;
      // A table leaves out the states in which a process has no sockets.
      extremes.add(step, count > 0 ? count : 0);
      if (count > 0) this.hasBeenIn.add(index);
    }
    this.used.add(step, numbers[DESCRIPTORS_USED] ?? NaN);
    this.limit.add(step, numbers[DESCRIPTORS_LIMIT] ?? NaN);
  }

  series(): Omit<ProcessHistory['items'][number], 'process' | 'greatest'> {
    const { sockets, states, hasBeenIn, used, limit } = this;
    const counts: ProcessHistory['items'][number]['counts'] = {};
    for (const [index, state] of TCP_STATES.entries()) {
      const extremes = states[index];
      if (extremes !== undefined && hasBeenIn.has(index)) counts[state] = { min: extremes.min, max: extremes.max };
    }
    return {
      sockets: { min: sockets.min, max: sockets.max },
      counts,
      descriptors: { used: used.max, limit: limit.min },
    };
  }
}

/** The steps of what no listed process has. */
export class ProcessTableSteps implements Gatherer {
  private readonly others: StepExtremes;
  private readonly unowned: StepExtremes;

  constructor(count: number) {
    this.others = new StepExtremes(count);
    this.unowned = new StepExtremes(count);
  }

  add(step: number, numbers: readonly number[]): void {
    this.others.add(step, numbers[OTHERS] ?? NaN);
    this.unowned.add(step, numbers[UNOWNED] ?? NaN);
  }

  series(): Pick<ProcessHistory, 'others' | 'unowned'> {
    return { others: this.others.max, unowned: this.unowned.max };
  }
}
