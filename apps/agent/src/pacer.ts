import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';

const SLICE_MS = 5;

/** Breaks up long synchronous work: after 5 ms it is due to let the event loop have a turn. */
export class Pacer {
  #sliceStart = performance.now();
  #doneMs = 0;

  /** Milliseconds that the work has held the thread so far, rests left out. */
  get busyMs(): number {
    return this.#doneMs + performance.now() - this.#sliceStart;
  }

  due(): boolean {
    return performance.now() - this.#sliceStart > SLICE_MS;
  }

  async rest(): Promise<void> {
    this.#doneMs += performance.now() - this.#sliceStart;
    await nextTurn();
    this.#sliceStart = performance.now();
  }
}
