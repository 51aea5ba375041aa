import { type PortHistory } from '@closewatch/protocol';
import { AVAILABLE, closesPerSecond, TIME_WAIT, USED, WHOLE } from '../packing/port-pack.ts';
import { orNaN, orNull } from '../packing/listing.ts';
import { type Gatherer } from '../samples/sample-series.ts';
import { StepExtremes } from '../samples/step-extremes.ts';

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

  add(step: number, numbers: readonly number[]): void {
    this.used.add(step, numbers[USED] ?? NaN);
    this.timeWait.add(step, numbers[TIME_WAIT] ?? NaN);
    this.available.add(step, numbers[AVAILABLE] ?? NaN);
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

  add(step: number, numbers: readonly number[]): void {
    this.closes.add(step, orNaN(closesPerSecond(numbers.map(orNull))));
    this.timeWait.add(step, numbers[WHOLE.timeWait] ?? NaN);
    this.timeWaitMax.add(step, numbers[WHOLE.timeWaitMax] ?? NaN);
    this.destinationCount.add(step, numbers[WHOLE.destinationCount] ?? NaN);
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
