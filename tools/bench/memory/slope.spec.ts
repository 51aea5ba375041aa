import { describe, expect, it } from '@jest/globals';
import { slopeOf } from './slope.ts';

describe('the slope of points', () => {
  it('is that of their line', () => {
    const line = [0, 1, 2, 5].map((x): [number, number] => [x, 3 * x + 7]);
    expect(slopeOf(line)).toBeCloseTo(3, 10);
  });

  it('evens out what goes up and down', () => {
    const saw = Array.from({ length: 60 }, (_, index): [number, number] => [index / 6, 100 + (index % 4)]);
    expect(Math.abs(slopeOf(saw))).toBeLessThan(0.05);
  });

  it('is none for one point', () => {
    expect(slopeOf([[1, 1]])).toBeNaN();
  });
});
