import { setFlagsFromString } from 'node:v8';

/** More make loops so long that compiling them, and marking what they leave on another core, pays. */
const FEW_LEAKS = 2_000;

let sparing: boolean | undefined;

/**
 * Puts V8 into its mode for programs that nobody waits for, as long as leaks are few: what runs for 20 ms every 5 s is
 * compiled later, if at all, and collected without helper threads. Left alone these take a third of the agent's CPU, most
 * of it for code that never runs often enough to earn what compiling it took. Measured at 5 s under the typical load
 * (docs/benchmarks.md): 21 to 24 ms a sample instead of 29 to 30. With 10,000 leaks the main thread takes more than
 * the others are spared. Returns whether V8 is spared.
 */
export function spareEngine(leaks: number): boolean {
  const wanted = leaks <= FEW_LEAKS;
  if (wanted !== sparing) setFlagsFromString(wanted ? '--efficiency-mode' : '--no-efficiency-mode');
  sparing = wanted;
  return wanted;
}
