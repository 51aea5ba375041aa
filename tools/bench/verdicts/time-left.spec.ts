import { expect, it } from '@jest/globals';
import { forecastErrors } from './time-left.ts';

const look = (at: number, timeLeftMs: number | null) => ({
  at,
  timeLeftMs,
  judged: 'code_leak' as const,
  confidence: 1,
  count: 1,
  leaked: 1,
});

it('is the share by which a forecast was off, either way', () => {
  const looks = [look(0, 110_000), look(50_000, 40_000)];
  expect(forecastErrors({ looks, ranOutAt: 100_000 })).toEqual([0.1, 0.2]);
});

it('leaves out looks without a forecast, the last half minute, and who never ran out', () => {
  const looks = [look(0, null), look(71_000, 1)];
  expect(forecastErrors({ looks, ranOutAt: 100_000 })).toEqual([]);
  expect(forecastErrors({ looks: [look(0, 1)], ranOutAt: null })).toEqual([]);
});
