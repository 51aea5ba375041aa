import { type ProcessHistory } from '@closewatch/protocol';
import { TCP_STATES } from '@closewatch/socket-states';
import { type Column } from '../packing/column-codec.ts';
import { DESCRIPTORS_LIMIT, DESCRIPTORS_USED, OTHERS, UNOWNED } from '../packing/process-pack.ts';
import { type Gatherer } from '../samples/sample-series.ts';
import { type SampleSteps, StepExtremes } from '../samples/step-extremes.ts';

/** The steps of one process. */
export class ProcessSteps implements Gatherer {
  private readonly count: number;
  private readonly sockets: StepExtremes;
  /** By index in TCP_STATES; those that it has been in. */
  private readonly states = new Map<number, StepExtremes>();
  private readonly used: StepExtremes;
  private readonly limit: StepExtremes;

  constructor(count: number) {
    this.count = count;
    this.sockets = new StepExtremes(count);
    this.used = new StepExtremes(count);
    this.limit = new StepExtremes(count);
  }

  add(steps: SampleSteps, columns: readonly (Column | null)[]): void {
    const sockets = new Float64Array(steps.length);
    for (const index of TCP_STATES.keys()) {
      const column = columns[index] ?? null;
      if (column === null) continue;
      for (let row = 0; row < sockets.length; row++) {
        const value = column[row] ?? NaN;
        if (value > 0) sockets[row] = (sockets[row] ?? 0) + value;
      }
      this.extremesOf(index).add(steps, column);
    }
    this.sockets.add(steps, sockets);
    this.used.add(steps, columns[DESCRIPTORS_USED]);
    this.limit.add(steps, columns[DESCRIPTORS_LIMIT]);
  }

  series(): Omit<ProcessHistory['items'][number], 'process' | 'greatest'> {
    const { sockets, states, used, limit } = this;
    const counts: ProcessHistory['items'][number]['counts'] = {};
    for (const [index, state] of TCP_STATES.entries()) {
      // A table leaves out the states in which a process has no sockets.
      const extremes = states.get(index)?.amongOthers(sockets);
      if (extremes?.max.some((most) => most !== null && most > 0) === true) counts[state] = extremes;
    }
    return {
      sockets: { min: sockets.min, max: sockets.max },
      counts,
      descriptors: { used: used.max, limit: limit.min },
    };
  }

  private extremesOf(index: number): StepExtremes {
    const known = this.states.get(index);
    if (known !== undefined) return known;
    const made = new StepExtremes(this.count);
    this.states.set(index, made);
    return made;
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

  add(steps: SampleSteps, columns: readonly (Column | null)[]): void {
    this.others.add(steps, columns[OTHERS]);
    this.unowned.add(steps, columns[UNOWNED]);
  }

  series(): Pick<ProcessHistory, 'others' | 'unowned'> {
    return { others: this.others.max, unowned: this.unowned.max };
  }
}
