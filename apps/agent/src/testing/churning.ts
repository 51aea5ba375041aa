import { getHeapSpaceStatistics } from 'node:v8';

/**
 * A program for tests: makes objects of which the newest outlive a collection, and prints how many bytes V8 gives to its
 * young generation: the median of many readings, for in the middle of a collection it may hold pages of both sides. With
 * the word `small` it does what the agent does first.
 */
if (process.argv[2] === 'small') await import('../small-heap.ts');
const READINGS = 100;
const BETWEEN = 30_000;
const readings: number[] = [];
let alive: unknown[] = [];
for (let i = 0; i < READINGS * BETWEEN; i++) {
  if (alive.length > 50_000) alive = [];
  alive.push({ i });
  if (i % BETWEEN === 0) readings.push(youngBytes());
}
process.stdout.write(`${readings.sort((a, b) => a - b)[READINGS / 2]}\n`);

function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? NaN;
}
