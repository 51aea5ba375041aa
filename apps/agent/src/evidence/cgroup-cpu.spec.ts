import { expect, it } from '@jest/globals';
import { evidenceFixture } from '../testing/fixtures.ts';
import { isQuota, throttledIn } from './cgroup-cpu.ts';

it('tells throttling of version 1 in nanoseconds and of version 2 in microseconds', () => {
  expect(throttledIn(evidenceFixture('v1-cpu.stat'), 1)).toEqual({ times: 20, ms: 1_570.216129 });
  expect(throttledIn(evidenceFixture('v2-cpu.stat'), 2)).toEqual({ times: 20, ms: 1_570.216 });
});

it.each(['', 'usage_usec 1\nuser_usec 1\nsystem_usec 0\n', 'nr_throttled 20\nthrottled_us', 'nr_throttled x\n'])(
  'tells no throttling in %j',
  (text) => {
    expect(throttledIn(text, 1)).toBeUndefined();
    expect(throttledIn(text, 2)).toBeUndefined();
  },
);

it('knows a quota from none, of either version', () => {
  expect(['20000\n', '20000 100000\n'].map(isQuota)).toEqual([true, true]);
  expect(['-1\n', 'max 100000\n', ''].map(isQuota)).toEqual([false, false, false]);
});
