import { type Orphan } from '@closewatch/protocol';
import { type Addition, type Collector, type Sampled } from '../sampling/collector.ts';
import { type HeldOrphan, type Orphans } from './orphans.ts';

/** Descriptors followed for each millisecond since the last turn, at about 7 µs each: a thousandth of a CPU. */
const PACE = 0.14;
const LEAST = 200;
const MOST = 5_000;

/** Up to so many are told with every change, more of them not more often than this. */
const FEW = 100;
const MANY_EVERY_MS = 30_000;
/** What is told is told again: a snapshot may have been lost on its way. */
const AGAIN_EVERY_MS = 60_000;
/** As many as the server takes (OrphansSchema), and a small share of what a push may hold: each may have 64 owners. */
const MOST_TOLD = 1_000;
const MOST_BYTES = 2 * 1024 * 1024;

/** Follows orphaned descriptors until they are closed, and tells of all that are held now. */
export class OrphansCollector implements Collector {
  readonly name = 'orphans';
  readonly missing: readonly string[] = [];
  readonly #orphans: Orphans;
  readonly #instant: (monotonicMs: number) => string;
  #lastTurnAt: number | undefined;
  #toldVersion: number | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;

  /** `instant` writes a time of the monotonic clock as ISO 8601. */
  constructor(orphans: Orphans, instant: (monotonicMs: number) => string) {
    this.#orphans = orphans;
    this.#instant = instant;
  }

  async collect({ takenAt }: Sampled): Promise<Addition> {
    const orphans = this.#orphans;
    const pace = Math.round((takenAt - (this.#lastTurnAt ?? takenAt)) * PACE);
    this.#lastTurnAt = takenAt;
    await orphans.follow(Math.min(Math.max(pace, LEAST), MOST));
    if (!this.#isDue(takenAt)) return {};
    this.#toldVersion = orphans.version;
    this.#toldAt = takenAt;
    return { orphans: { count: orphans.size, items: this.#oldest() } };
  }

  retell(): void {
    this.#toldVersion = undefined;
  }

  close(): void {
    // It holds nothing open.
  }

  #isDue(at: number): boolean {
    const since = at - this.#toldAt;
    const { size, version } = this.#orphans;
    if (this.#toldVersion !== version) return size <= FEW || since >= MANY_EVERY_MS;
    return size > 0 && since >= AGAIN_EVERY_MS;
  }

  #oldest(): Orphan[] {
    const oldest = [...this.#orphans.held()].sort((a, b) => a.orphanedAt - b.orphanedAt).slice(0, MOST_TOLD);
    const items: Orphan[] = [];
    let bytes = 0;
    for (const orphan of oldest) {
      const told = this.#told(orphan);
      bytes += Buffer.byteLength(JSON.stringify(told));
      if (bytes > MOST_BYTES) break;
      items.push(told);
    }
    return items;
  }

  #told({ socketId, orphanedAt, owners }: HeldOrphan): Orphan {
    return { socketId, orphanedAt: this.#instant(orphanedAt), owners: [...owners] };
  }
}
