import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

/** The clocks of this machine, in milliseconds. */
export interface HostClocks {
  /** CLOCK_MONOTONIC from any beginning: it stands still while the host sleeps. */
  monotonic(): number;
  /** CLOCK_BOOTTIME: since the host started, asleep or not. Undefined when nobody tells. */
  boot(): number | undefined;
  /** The wall clock, since 1970. */
  wall(): number;
}

/** What happened to this machine's time. */
export interface TimeEvent {
  readonly kind: 'suspended' | 'clock_jumped';
  /** How long it slept, or how far the wall clock was set (forwards is positive). */
  readonly ms: number;
}

/** Time that moved this far differently from another is worth a look; a clock that is slewed does not get there. */
const NOTICED_MS = 1_000;

/**
 * The one time line of the agent: milliseconds since the host started, sleep included, from a clock that never jumps.
 * Whenever the wall clock moved differently it asks /proc/uptime which it was: the host slept, or somebody set the wall
 * clock.
 */
export class HostTime {
  readonly #clocks: HostClocks;
  /** Boot time when the monotonic clock stood at 0, sleep since then included. */
  #origin: number;
  /** What the wall clock was ahead of the monotonic one at the last look. */
  #ahead: number;
  #events: TimeEvent[] = [];

  constructor(clocks: HostClocks) {
    this.#clocks = clocks;
    this.#origin = (clocks.boot() ?? clocks.monotonic()) - clocks.monotonic();
    this.#ahead = clocks.wall() - clocks.monotonic();
  }

  /** Milliseconds since the host started. */
  now(): number {
    const monotonic = this.#clocks.monotonic();
    const ahead = this.#clocks.wall() - monotonic;
    const moved = ahead - this.#ahead;
    this.#ahead = ahead;
    if (Math.abs(moved) > NOTICED_MS) this.#explain(moved);
    return monotonic + this.#origin;
  }

  wall(): number {
    return this.#clocks.wall();
  }

  /** What happened since this was asked last. */
  takeEvents(): readonly TimeEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #explain(moved: number): void {
    const boot = this.#clocks.boot();
    const slept = boot === undefined ? 0 : boot - this.#clocks.monotonic() - this.#origin;
    if (slept > NOTICED_MS) {
      this.#origin += slept;
      this.#events.push({ kind: 'suspended', ms: Math.round(slept) });
    }
    const set = moved - (slept > NOTICED_MS ? slept : 0);
    if (Math.abs(set) > NOTICED_MS) this.#events.push({ kind: 'clock_jumped', ms: Math.round(set) });
  }
}

/** Those of the kernel under `procRoot` (usually /proc). /proc/uptime is CLOCK_BOOTTIME (fs/proc/uptime.c). */
export function kernelClocks(procRoot: string): HostClocks {
  return {
    monotonic: () => performance.now(),
    wall: () => Date.now(),
    boot: () => {
      try {
        return uptimeIn(readFileSync(join(procRoot, 'uptime'), 'latin1'));
      } catch {
        return undefined;
      }
    },
  };
}

/** Milliseconds, of the text of /proc/uptime: `11981.09 15005.88`, seconds since the start and idle; proc_uptime(5). */
export function uptimeIn(text: string): number | undefined {
  const seconds = /^(\d{1,12}\.\d\d) /.exec(text)?.[1];
  return seconds === undefined ? undefined : Math.round(Number(seconds) * 1_000);
}
