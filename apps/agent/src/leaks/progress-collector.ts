import { type Addition, type Collector, type Sampled } from '../sampling/collector.ts';
import { messageOf } from '../errors.ts';
import { Pacer } from '../pacer.ts';
import { type SocketSource } from '../sockets/socket-table.ts';
import { type LeakTracker } from './leak-tracker.ts';
import { roundEveryMs } from './round-pace.ts';

const EVERY_MS = 30_000;
/**
 * Up to so many are asked for one by one, at about 8 µs each. A dump of all costs a walk of the kernel's hash table, 4 ms
 * where it is empty and ten times that under hundreds of thousands of TIME_WAIT, and 2 µs for each socket.
 */
const ONE_BY_ONE = 1_000;

/**
 * Asks twice a minute, or once where they are very many, how far peers acknowledge what they are still sent: a half-close that works shows by growth, and
 * the verdict on it looks back over a minute. Adds nothing of its own; connections carry what it learns.
 */
export class ProgressCollector implements Collector {
  readonly name = 'acknowledged bytes';
  readonly #source: SocketSource;
  readonly #now: () => number;
  readonly #everyMs: (count: number) => number;
  #askedAt: number | undefined;
  #missing: readonly string[] = [];

  /** `now`: milliseconds on the monotonic clock. `everyMs`: between two times that it asks, of so many sockets. */
  constructor(source: SocketSource, now: () => number, everyMs = atItsPace) {
    this.#source = source;
    this.#now = now;
    this.#everyMs = everyMs;
  }

  get missing(): readonly string[] {
    return this.#missing;
  }

  async collect({ tracker, takenAt }: Sampled): Promise<Addition> {
    this.#askedAt ??= takenAt;
    if (takenAt - this.#askedAt < this.#everyMs(tracker.size)) return {};
    this.#askedAt = takenAt;
    this.#missing = [];
    try {
      if (tracker.size <= ONE_BY_ONE) await this.#askEach(tracker);
      else await this.#askAll(tracker);
    } catch (error) {
      this.#missing = [`${this.name} grow old: ${messageOf(error)}`];
    }
    return {};
  }

  close(): void {
    // The source is not its own.
  }

  async #askEach(tracker: LeakTracker): Promise<void> {
    const pacer = new Pacer();
    for (const tracked of tracker.open()) {
      const info = this.#source.ages(tracked.socket);
      if (info !== undefined) tracked.learn(info, this.#now());
      if (pacer.due()) await pacer.rest();
    }
  }

  async #askAll(tracker: LeakTracker): Promise<void> {
    await this.#source.infos?.((key, info) => tracker.openBy(key)?.learn(info, this.#now()));
  }
}

/** Of many, that are dumped, as often as they are told of: with the round of connections. */
function atItsPace(count: number): number {
  return count <= ONE_BY_ONE ? EVERY_MS : roundEveryMs(count);
}
