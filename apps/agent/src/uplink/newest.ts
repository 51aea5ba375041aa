import { type Outbox } from './outbox.ts';
import { type Batch, type Parcel } from './parcel.ts';

/** Bytes, packed: what a large host makes in a round. */
const MOST_BYTES = 2 * 1024 * 1024;

/**
 * The snapshots of the newest round, until they are delivered or the next round comes: one of each network namespace at
 * the most. In memory, so that nothing is written to disk while all goes well; {@link keep} puts them into the outbox too.
 */
export class Newest {
  readonly #outbox: Outbox;
  readonly #afterMs: number;
  /** In the order they came. */
  #parcels: Parcel[] = [];
  readonly #kept = new Set<Parcel>();
  #timer: NodeJS.Timeout | undefined;

  /** They are kept `afterMs` after they came, whatever is known by then. */
  constructor(outbox: Outbox, afterMs: number) {
    this.#outbox = outbox;
    this.#afterMs = afterMs;
  }

  get length(): number {
    return this.#parcels.length;
  }

  /** How many of them are in the outbox, too. */
  get kept(): number {
    return this.#kept.size;
  }

  has(parcel: Parcel): boolean {
    return this.#parcels.some(({ seq, run }) => seq === parcel.seq && run.runId === parcel.run.runId);
  }

  add(parcel: Parcel): void {
    this.#parcels.push(parcel);
    this.#timer ??= setTimeout(() => this.keep(), this.#afterMs);
    let bytes = this.#parcels.reduce((sum, { packed }) => sum + packed.length, 0);
    while (bytes > MOST_BYTES && this.#parcels.length > 1) {
      this.keep();
      const first = this.#parcels.shift();
      if (first === undefined) break;
      this.#kept.delete(first);
      bytes -= first.packed.length;
    }
  }

  /** For one push: at most `count`, about `size` bytes of JSON; undefined when there are none. */
  batch(count: number, size: number): Batch | undefined {
    let total = 0;
    const parcels = this.#parcels
      .slice(0, count)
      .filter((parcel, index) => (total += parcel.size) <= size || index === 0);
    const [first] = parcels;
    return first && { run: first.run, agent: undefined, parcels };
  }

  /** Puts them into the outbox, too. */
  keep(): void {
    this.#stopTimer();
    for (const parcel of this.#parcels) {
      if (this.#kept.has(parcel)) continue;
      this.#kept.add(parcel);
      this.#outbox.add(parcel);
    }
  }

  /** They are the newest no longer: the outbox alone has them. */
  setAside(): void {
    this.keep();
    this.#parcels = [];
    this.#kept.clear();
  }

  /** These are dealt with. Returns those that the outbox knows of, maybe. */
  remove(parcels: readonly Parcel[]): Parcel[] {
    const inMemory = parcels.filter((parcel) => this.#parcels.includes(parcel) && !this.#kept.has(parcel));
    this.#parcels = this.#parcels.filter((parcel) => !parcels.includes(parcel));
    for (const parcel of parcels) this.#kept.delete(parcel);
    if (this.#parcels.length === 0) this.#stopTimer();
    return parcels.filter((parcel) => !inMemory.includes(parcel));
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
