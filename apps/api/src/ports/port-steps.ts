import { type PortHistory } from '@closewatch/protocol';
import { type Column } from '../packing/column-codec.ts';
import { AVAILABLE, closesPerSecond, TIME_WAIT, USED, WHOLE } from '../packing/port-pack.ts';
import { orNaN, orNull } from '../packing/listing.ts';
import { type Gatherer } from '../samples/sample-series.ts';
import { type SampleSteps, StepExtremes } from '../samples/step-extremes.ts';

/** The steps of one destination. */
export class DestinationSteps implements Gatherer {
  private readonly used: StepExtremes;
  private readonly timeWait: StepExtremes;
  private readonly available: StepExtremes;

  constructor(count: number) {
    this.used = new StepExtremes(count);
    this.timeWait = new StepExtremes(count);
    this.available = new StepExtremes(count);
  }

  add(steps: SampleSteps, columns: readonly (Column | null)[]): void {
    this.used.add(steps, columns[USED]);
    this.timeWait.add(steps, columns[TIME_WAIT]);
    this.available.add(steps, columns[AVAILABLE]);
  }

  series(): Pick<PortHistory['items'][number], 'used' | 'timeWait' | 'available'> {
    const { used, timeWait, available } = this;
    return {
      used: { min: used.min, max: used.max },
      timeWait: { min: timeWait.min, max: timeWait.max },
      available: available.min,
    };
  }
}

/** The steps of the whole host. */
export class HostPortSteps implements Gatherer {
  private readonly closes: StepExtremes;
  private readonly timeWait: StepExtremes;
  private readonly timeWaitMax: StepExtremes;
  private readonly destinationCount: StepExtremes;

  constructor(count: number) {
    this.closes = new StepExtremes(count);
    this.timeWait = new StepExtremes(count);
    this.timeWaitMax = new StepExtremes(count);
    this.destinationCount = new StepExtremes(count);
  }

  add(steps: SampleSteps, columns: readonly (Column | null)[]): void {
    const closes = Float64Array.from(steps, (_, row) =>
      orNaN(closesPerSecond(columns.map((column) => orNull(column?.[row])))),
    );
    this.closes.add(steps, closes);
    this.timeWait.add(steps, columns[WHOLE.timeWait]);
    this.timeWaitMax.add(steps, columns[WHOLE.timeWaitMax]);
    this.destinationCount.add(steps, columns[WHOLE.destinationCount]);
  }

  series(): Omit<PortHistory, 'from' | 'to' | 'stepMs' | 't' | 'items'> {
    const { closes, timeWait, timeWaitMax, destinationCount } = this;
    return {
      closesPerSecond: { avg: closes.avg, max: closes.max },
      timeWait: { min: timeWait.min, max: timeWait.max },
      timeWaitMax: timeWaitMax.min,
      destinationCount: destinationCount.max,
    };
  }
}
