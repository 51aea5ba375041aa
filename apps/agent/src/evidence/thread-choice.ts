import { type CpuRate } from './cpu-rates.ts';
import { type ThreadLook } from './thread-look.ts';

/** A thread that does more is worth another look, in milliseconds a second. */
const ACTIVE = 1;

/**
 * Which threads to look at where there are too many: the first one (it is the program's own), those that were at work
 * when they were last looked at, and of the others a few more each time, each in two looks that follow each other, for
 * a rate takes two.
 */
export class ThreadChoice {
  #active: readonly number[] = [];
  #offset = 0;
  #hadAll = false;

  /** Whether every thread has had its turn. */
  get hadAll(): boolean {
    return this.#hadAll;
  }

  /** `tids`: all threads, in the kernel's order. At most `most` of them, in no order; `most` is at least 4. */
  choose(tids: readonly number[], most: number): readonly number[] {
    if (tids.length <= most) {
      this.#hadAll = true;
      return tids;
    }
    const there = new Set(tids);
    const chosen = new Set(tids.slice(0, 1));
    for (const tid of this.#active) {
      if (chosen.size >= most / 2) break;
      if (there.has(tid)) chosen.add(tid);
    }
    const room = most - chosen.size;
    for (let i = 0; i < tids.length && chosen.size < most; i++) {
      const tid = tids[(this.#offset + i) % tids.length];
      if (tid !== undefined) chosen.add(tid);
    }
    this.#offset += Math.max(1, Math.floor(room / 2));
    if (this.#offset >= tids.length) this.#hadAll = true;
    this.#offset %= tids.length;
    return [...chosen];
  }

  /** Takes in what they did, for the next choice. */
  learn(looks: readonly ThreadLook[], rates: ReadonlyMap<number, CpuRate>): void {
    const workOf = ({ tid, state }: ThreadLook): number => {
      const { run = 0, wait = 0 } = rates.get(tid) ?? {};
      return run + wait + (state === 'R' || state === 'D' ? ACTIVE : 0);
    };
    this.#active = looks
      .map((look) => ({ tid: look.tid, work: workOf(look) }))
      .filter(({ work }) => work >= ACTIVE)
      .toSorted((a, b) => b.work - a.work)
      .map(({ tid }) => tid);
  }
}
