import { TUPLE_WORDS } from './tuple.ts';

/** The first so many tuples of sockets, side by side, and how many there are in all. */
export class TupleList {
  total = 0;
  readonly #most: number;
  #words = new Int32Array(0);

  constructor(most: number) {
    this.#most = most;
  }

  /** How many are kept. */
  get length(): number {
    return Math.min(this.total, this.#most);
  }

  add(tuple: Int32Array): void {
    if (this.total < this.#most) {
      const at = this.total * TUPLE_WORDS;
      if (at === this.#words.length) {
        const larger = new Int32Array(Math.max(16 * TUPLE_WORDS, at * 2));
        larger.set(this.#words);
        this.#words = larger;
      }
      this.#words.set(tuple, at);
    }
    this.total++;
  }

  at(index: number): Int32Array {
    return this.#words.subarray(index * TUPLE_WORDS, (index + 1) * TUPLE_WORDS);
  }
}
