import { type Schedule, type ThreadLook } from './thread-look.ts';

/** Milliseconds a second: on a CPU, and ready but waiting for one. */
export interface CpuRate {
  readonly run: number;
  readonly wait: number;
}

interface Reading {
  readonly startTicks: number;
  readonly schedule: Schedule | undefined;
  readonly at: number;
}

/** No thread runs or waits longer than the clock does; the kernel books a long wait all at once, when it is over. */
const MOST_MS_PER_SECOND = 1_000;

/**
 * What threads did between two looks at them. Counters of another thread under the same id, and such as went back, give
 * no rate: a rate is right or not there, and never negative.
 */
export class CpuRates {
  #before = new Map<number, Reading>();
  /** When the last look began, if it was at all threads there were: whoever is new since began since. */
  #allSeenAt: number | undefined;

  /**
   * Takes in a look, begun at `startedAt` (milliseconds on the monotonic clock), and returns the rates of the threads
   * that have one. `all`: it is at all threads of the process. Threads that are not in it are forgotten.
   */
  next(looks: readonly ThreadLook[], { startedAt, all }: { startedAt: number; all: boolean }): Map<number, CpuRate> {
    const rates = new Map<number, CpuRate>();
    const now = new Map<number, Reading>();
    for (const { tid, startTicks, schedule, at } of looks) {
      now.set(tid, { startTicks, schedule, at });
      const since = this.#since(tid, startTicks);
      const rate = schedule && since && rateBetween(since, { schedule, at });
      if (rate !== undefined) rates.set(tid, rate);
    }
    this.#before = now;
    this.#allSeenAt = all ? startedAt : undefined;
    return rates;
  }

  /** Where to count a thread from; undefined when that is not known. */
  #since(tid: number, startTicks: number): { schedule: Schedule; at: number } | undefined {
    const before = this.#before.get(tid);
    if (before?.startTicks === startTicks && before.schedule !== undefined) {
      return { schedule: before.schedule, at: before.at };
    }
    return this.#allSeenAt === undefined ? undefined : { schedule: { runNs: 0, waitNs: 0 }, at: this.#allSeenAt };
  }
}

function rateBetween(
  from: { schedule: Schedule; at: number },
  to: { schedule: Schedule; at: number },
): CpuRate | undefined {
  const seconds = (to.at - from.at) / 1_000;
  const runNs = to.schedule.runNs - from.schedule.runNs;
  const waitNs = to.schedule.waitNs - from.schedule.waitNs;
  if (!(seconds > 0) || runNs < 0 || waitNs < 0) return undefined;
  return { run: perSecond(runNs, seconds), wait: perSecond(waitNs, seconds) };
}

function perSecond(ns: number, seconds: number): number {
  return Math.min(ns / 1e6 / seconds, MOST_MS_PER_SECOND);
}

/** The sum over all threads; null without any. */
export function sumOf(rates: ReadonlyMap<number, CpuRate>): CpuRate | null {
  if (rates.size === 0) return null;
  let run = 0;
  let wait = 0;
  for (const rate of rates.values()) {
    run += rate.run;
    wait += rate.wait;
  }
  return { run, wait };
}
