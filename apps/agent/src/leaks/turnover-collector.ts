import { type Addition, type Collector, type Sampled } from '../sampling/collector.ts';
import { PUSH_LIMITS } from '../uplink/contract.ts';

/** Adds the passage of sockets through CLOSE_WAIT since the last snapshot, where there was any. */
export class TurnoverCollector implements Collector {
  readonly name = 'turnover';
  readonly missing: readonly string[] = [];

  collect({ tracker }: Sampled): Promise<Addition> {
    const turnover = tracker.takeTurnover(PUSH_LIMITS.turnover);
    return Promise.resolve(turnover.length === 0 ? {} : { turnover });
  }

  close(): void {
    // It holds nothing.
  }
}
