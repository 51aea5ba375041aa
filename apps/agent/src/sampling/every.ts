import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Does `work` now and at every full interval from now on, until `signal` fires. Never two at a time; what takes longer
 * than an interval skips the instants it missed, and the later ones stay where they were.
 */
export async function every(intervalMs: number, work: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const start = performance.now();
  while (!signal.aborted) {
    await work();
    const elapsed = performance.now() - start;
    const untilNext = intervalMs - (elapsed % intervalMs);
    // A timer may fire a trifle early; without the millisecond it would then fire twice.
    await sleep(untilNext + 1, undefined, { signal }).catch(() => undefined);
  }
}
