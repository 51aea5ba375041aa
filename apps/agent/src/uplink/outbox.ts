import { PUSH_LIMITS } from './contract.ts';

/** A snapshot as it goes over the wire. Its text is written once, so that a retry sends the same bytes. */
export interface Parcel {
  readonly seq: number;
  readonly json: string;
}

export interface OutboxBounds {
  readonly parcels: number;
  /** Characters of JSON, of all parcels together. */
  readonly size: number;
}

/** A day of counts at 5 s; or two snapshots at the limit of a push, for one is made while the other is under way. */
const OUTBOX_BOUNDS: OutboxBounds = { parcels: 17_280, size: 2 * PUSH_LIMITS.bodyBytes };

/** What waits for the server, oldest first, in memory. When it is full the oldest go, and are counted. */
export class Outbox {
  readonly #bounds: OutboxBounds;
  readonly #parcels = new Map<number, Parcel>();
  #size = 0;
  #dropped = 0;

  constructor(bounds: OutboxBounds = OUTBOX_BOUNDS) {
    this.#bounds = bounds;
  }

  get length(): number {
    return this.#parcels.size;
  }

  /** Characters of JSON, of all that wait. */
  get size(): number {
    return this.#size;
  }

  /** How many had to go undelivered since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Adds the newest; returns how many of the oldest had to make room. */
  add(parcel: Parcel): number {
    this.#parcels.set(parcel.seq, parcel);
    this.#size += parcel.json.length;
    let dropped = 0;
    for (const oldest of this.#parcels.values()) {
      if (this.#parcels.size <= this.#bounds.parcels && this.#size <= this.#bounds.size) break;
      // The newest stays even if it alone is too large: it is what is true now.
      if (oldest === parcel) break;
      this.remove([oldest]);
      dropped++;
    }
    this.#dropped += dropped;
    return dropped;
  }

  /** The oldest, at most `count` and about `size` characters, at least one if there is any. They stay until removed. */
  peek(count: number, size: number): Parcel[] {
    const batch: Parcel[] = [];
    let total = 0;
    for (const parcel of this.#parcels.values()) {
      total += parcel.json.length;
      if (batch.length >= count || (total > size && batch.length > 0)) break;
      batch.push(parcel);
    }
    return batch;
  }

  /** Takes them out; those that are no longer there are passed over. */
  remove(parcels: readonly Parcel[]): void {
    for (const { seq, json } of parcels) if (this.#parcels.delete(seq)) this.#size -= json.length;
  }
}
