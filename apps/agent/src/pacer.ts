import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';

const SLICE_MS = 3;
/** One who waits for others goes on after so many turns, whatever they take: nobody waits for ever. */
const MOST_TURNS_LOST = 3;

/** Which turn of the event loop it is, and since when work that is sliced has held it. */
let turn = -1;
let heldSince = 0;

function takeNoteOfTurn(): void {
  const { loopCount } = performance.nodeTiming.uvMetricsInfo;
  if (loopCount === turn) return;
  turn = loopCount;
  heldSince = performance.now();
}

function isUsedUp(): boolean {
  return performance.now() - heldSince > SLICE_MS;
}

/**
 * Breaks up long synchronous work: after 3 ms it is due to let the event loop have a turn. A turn is one for all: works
 * that follow each other without a rest, or go on side by side, share its 3 ms, or they would hold it for a multiple.
 */
export class Pacer {
  #wentOnAt = performance.now();
  #doneMs = 0;

  constructor() {
    takeNoteOfTurn();
  }

  /** Milliseconds that the work has held the thread so far, rests left out. */
  get busyMs(): number {
    return this.#doneMs + performance.now() - this.#wentOnAt;
  }

  due(): boolean {
    return isUsedUp();
  }

  async rest(): Promise<void> {
    this.#doneMs += performance.now() - this.#wentOnAt;
    for (let turns = 0; turns < MOST_TURNS_LOST; turns++) {
      await nextTurn();
      takeNoteOfTurn();
      if (!isUsedUp()) break;
    }
    this.#wentOnAt = performance.now();
  }
}
