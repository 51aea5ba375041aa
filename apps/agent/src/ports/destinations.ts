import { randomInt } from 'node:crypto';
import { DESTINATION_WORDS } from './tuple.ts';

/** As many destinations as are told apart; a table this large is 1.7 MB. */
export const MOST_DESTINATIONS = 32_768;
const FIRST_ROOM = 512;

/** One destination by its place in the table. */
export interface Standing {
  readonly index: number;
  readonly used: number;
}

/**
 * Counts sockets by destination, in an open-addressed hash table of numbers: hundreds of thousands of sockets must not
 * make an object or a string each. When it is full, newcomers are only counted. The kernel lists sockets in the order of
 * its own secret hash, so a destination with many of them is met early and is in the table before it is full.
 */
export class Destinations {
  /** Sockets of destinations there was no room for. */
  leftOut = 0;
  readonly #most: number;
  /** Peers choose what is hashed: without a secret they could choose it so that all meet in one place. */
  readonly #seed = randomInt(0x7fff_ffff);
  #room = FIRST_ROOM;
  #count = 0;
  #keys = new Int32Array(FIRST_ROOM * DESTINATION_WORDS);
  #used = new Uint32Array(FIRST_ROOM);
  #timeWait = new Uint32Array(FIRST_ROOM);
  /** Place of a destination plus one, by its hash; 0: free. At most half full. */
  #slots = new Int32Array(FIRST_ROOM * 2);

  constructor(most = MOST_DESTINATIONS) {
    this.#most = most;
  }

  /** Destinations told apart. */
  get count(): number {
    return this.#count;
  }

  used(index: number): number {
    return this.#used[index] ?? 0;
  }

  timeWait(index: number): number {
    return this.#timeWait[index] ?? 0;
  }

  /** The words that name it, as they were given. */
  key(index: number): Int32Array {
    return this.#keys.subarray(index * DESTINATION_WORDS, (index + 1) * DESTINATION_WORDS);
  }

  /** Counts a socket towards the destination that the first words of `key` name. */
  add(key: Int32Array, isTimeWait: boolean): void {
    let slot = this.#slotOf(key, 0);
    if (this.#slots[slot] === 0) {
      if (this.#count >= this.#most) {
        this.leftOut++;
        return;
      }
      if (this.#count === this.#room) {
        this.#grow();
        slot = this.#slotOf(key, 0);
      }
      for (let i = 0; i < DESTINATION_WORDS; i++) this.#keys[this.#count * DESTINATION_WORDS + i] = key[i] ?? 0;
      this.#slots[slot] = ++this.#count;
    }
    const index = (this.#slots[slot] ?? 0) - 1;
    this.#used[index] = this.used(index) + 1;
    if (isTimeWait) this.#timeWait[index] = this.timeWait(index) + 1;
  }

  /** Those with most sockets, most first; of equal ones the first met. */
  top(many: number): Standing[] {
    const best: Standing[] = [];
    for (let index = 0; index < this.#count; index++) {
      const used = this.used(index);
      if (best.length === many && used <= (best.at(-1)?.used ?? 0)) continue;
      let place = best.length;
      while (place > 0 && (best[place - 1]?.used ?? 0) < used) place--;
      best.splice(place, 0, { index, used });
      if (best.length > many) best.pop();
    }
    return best;
  }

  /** Where the destination stands that `key` names from word `at` on, or where it would. */
  #slotOf(key: Int32Array, at: number): number {
    let hash = this.#seed;
    for (let i = 0; i < DESTINATION_WORDS; i++) {
      hash = Math.imul(hash ^ (key[at + i] ?? 0), 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const index = (this.#slots[slot] ?? 0) - 1;
      if (index === -1 || this.#isAt(index, key, at)) return slot;
    }
  }

  #isAt(index: number, key: Int32Array, at: number): boolean {
    const start = index * DESTINATION_WORDS;
    for (let i = 0; i < DESTINATION_WORDS; i++) if (this.#keys[start + i] !== key[at + i]) return false;
    return true;
  }

  #grow(): void {
    this.#room *= 2;
    const [keys, used, timeWait] = [this.#keys, this.#used, this.#timeWait];
    this.#keys = new Int32Array(this.#room * DESTINATION_WORDS);
    this.#keys.set(keys);
    this.#used = new Uint32Array(this.#room);
    this.#used.set(used);
    this.#timeWait = new Uint32Array(this.#room);
    this.#timeWait.set(timeWait);
    this.#slots = new Int32Array(this.#room * 2);
    for (let index = 0; index < this.#count; index++) {
      this.#slots[this.#slotOf(this.#keys, index * DESTINATION_WORDS)] = index + 1;
    }
  }
}
