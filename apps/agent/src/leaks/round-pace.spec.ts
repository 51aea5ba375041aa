import { expect, it } from '@jest/globals';
import { roundEveryMs } from './round-pace.ts';

it.each([
  [0, 1],
  [2_000, 1],
  [2_001, 2],
  [10_000, 5],
  [1_000_000, 5],
])('goes through %d leaks once in %d minutes', (count, minutes) => {
  expect(roundEveryMs(count)).toBe(minutes * 60_000);
});
