import { getHeapSpaceStatistics } from 'node:v8';

/**
 * A program for tests: makes objects of which the newest outlive a collection, and prints how many bytes V8 has given to
 * its young generation. With the word `small` it does what the agent does first.
 */
if (process.argv[2] === 'small') await import('../small-heap.ts');
let alive: unknown[] = [];
for (let i = 0; i < 3_000_000; i++) {
  if (alive.length > 50_000) alive = [];
  alive.push({ i });
}
const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
process.stdout.write(`${young?.space_size}\n`);
