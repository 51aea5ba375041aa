import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers';

/**
 * Loaded into the agent by `node --import` to measure how long its event loop is held; writes the longest holds of each
 * second, in milliseconds, to the file LOOP_MONITOR_FILE names, at SIGUSR2. Its timer fires every millisecond, which costs CPU: never
 * measured in the run that measures CPU.
 */
const RESOLUTION_MS = 1;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();
process.on('SIGUSR2', () => {
  const ms = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
  const { max, count } = delay;
  const told = { maxMs: ms(max), p999Ms: ms(delay.percentile(99.9)), p9999Ms: ms(delay.percentile(99.99)), count };
  writeFileSync(process.env.LOOP_MONITOR_FILE, JSON.stringify(told));
  // The writing is no hold of the agent's.
  setTimeout(() => delay.reset(), 5 * RESOLUTION_MS);
});
