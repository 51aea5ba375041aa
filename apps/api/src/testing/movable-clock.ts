import { Clock } from '../time/clock.ts';

/** The machine's clock, moved. */
export class MovableClock extends Clock {
  aheadMs = 0;

  override now(): number {
    return Date.now() + this.aheadMs;
  }
}
