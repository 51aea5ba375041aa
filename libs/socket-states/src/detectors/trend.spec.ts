import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { riseOf, timeLeftMs } from './forecast.ts';
import { DEFAULT_THRESHOLDS } from './thresholds.ts';
import { type Point, isRising, segmentsOf, slopePerMs } from './trend.ts';

const { trend } = DEFAULT_THRESHOLDS.leak;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const AT = 1_000 * MINUTE;

/** Values of the 10 minutes before AT, one every 5 s. */
const tenMinutes = (valueAt: (index: number) => number): Point[] =>
  Array.from({ length: 120 }, (_, index) => ({ at: AT - (119 - index) * 5 * SECOND, value: valueAt(index) }));
const rising = (points: readonly Point[]): boolean => isRising(points, AT, 5, trend);

describe('a trend', () => {
  it('is seen of what keeps rising', () => {
    expect(rising(tenMinutes((index) => index))).toBe(true);
    expect(rising(tenMinutes((index) => 1_000 + 4 * index))).toBe(true);
  });

  it('is none of what has risen and stands still', () => {
    expect(rising(tenMinutes((index) => Math.min(index, 60)))).toBe(false);
  });

  it.each([0, 10, 20, 25])('is none of a step within %d samples, wherever it is', (width) => {
    for (let begin = 5; begin < 115; begin += 5) {
      expect(rising(tenMinutes((index) => 200 + 10 * Math.max(0, Math.min(index - begin, width || 1))))).toBe(false);
    }
  });

  it('is none of what rises less than it varies by chance', () => {
    expect(rising(tenMinutes((index) => 1_000 + index / 2))).toBe(false);
  });

  it('needs four fifths of the window', () => {
    const points = tenMinutes((index) => index);
    expect(rising(points.slice(20))).toBe(true);
    expect(rising(points.slice(60))).toBe(false);
    expect(rising(points.filter((_, index) => index < 30 || index > 70))).toBe(false);
  });

  it('is judged by the longest segment between drops', () => {
    expect(rising(tenMinutes((index) => (index < 30 ? 4 * index : index)))).toBe(true);
    expect(rising(tenMinutes((index) => (index * 7) % 100))).toBe(false);
  });

  it.each([1, 5, 20, 60])('is seen whether it is sampled every %d s', (seconds) => {
    const points = Array.from({ length: Math.ceil(720 / seconds) }, (_, index) => ({
      at: AT - (Math.ceil(720 / seconds) - 1 - index) * seconds * SECOND,
      value: index * seconds,
    }));
    expect(rising(points)).toBe(true);
  });

  it('is none of any constant', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.integer({ min: 1, max: 60 }), (value, seconds) => {
        const points = Array.from({ length: 400 }, (_, index) => ({ at: AT - index * seconds * SECOND, value }));
        expect(rising(points.toReversed())).toBe(false);
        expect(riseOf(points.toReversed(), trend.dropShare)).toBeNull();
      }),
    );
  });
});

describe('segments', () => {
  it('end where more than half of the highest is gone, in one sample or in several', () => {
    const points = [0, 10, 20, 15, 9, 10, 30, 20, 16, 14].map((value, at) => ({ at, value }));
    expect(segmentsOf(points, 0.5).map((segment) => segment.map(({ value }) => value))).toEqual([
      [0, 10, 20, 15],
      [9, 10, 30, 20, 16],
      [14],
    ]);
  });
});

describe('a slope', () => {
  it('is that of the line, whatever instant it begins at', () => {
    fc.assert(
      fc.property(fc.double({ min: -5, max: 5, noNaN: true }), fc.nat(1e12), fc.nat(1e6), (slope, from, base) => {
        const points = Array.from({ length: 20 }, (_, index) => ({ at: from + index, value: base + slope * index }));
        expect(slopePerMs(points)).toBeCloseTo(slope, 4);
      }),
    );
  });

  it('is 0 of one instant', () => {
    expect(slopePerMs([{ at: 5, value: 3 }])).toBe(0);
    expect(slopePerMs([])).toBe(0);
  });
});

describe('a rise', () => {
  it('begins after the flat stretch before it', () => {
    const points = tenMinutes((index) => 7 + 3 * Math.max(0, index - 90));
    expect(riseOf(points, 0.5)).toEqual({ perMs: expect.closeTo(3 / 5_000, 9), since: points[90]?.at, isWhole: true });
  });

  it('is told from its first whole sample on: it begins somewhere between two', () => {
    const points = [0, 0, 3, 23, 43, 63].map((value, index) => ({ at: AT + index * 5 * SECOND, value }));
    expect(riseOf(points, 0.5)?.perMs).toBeCloseTo(20 / 5_000, 9);
    expect(riseOf(points.slice(0, 4), 0.5)).toBeNull();
  });

  it('is told of what came after a restart', () => {
    const points = tenMinutes((index) => (index < 100 ? 10 * index : 2 * (index - 100)));
    expect(riseOf(points, 0.5)?.perMs).toBeCloseTo(2 / 5_000, 9);
  });

  it('does not count the step in which it began, for it began some time in it', () => {
    const values = [0, 0, 4, 24, 44, 64];
    const points = values.map((value, index) => ({ at: index * 5_000, value }));
    expect(riseOf(points, 0.5)?.perMs).toBeCloseTo(20 / 5_000, 9);
    expect(riseOf(points, 0.5)?.since).toBe(5_000);
  });

  it('is that of the last ten minutes when these tell enough', () => {
    const before = tenMinutes((index) => index / 10).map(({ at, value }) => ({ at: at - 10 * MINUTE, value }));
    const rise = riseOf([...before, ...tenMinutes((index) => 12 + 4 * index)], 0.5);
    expect(rise?.perMs).toBeCloseTo(4 / 5_000, 6);
  });
});

describe('the time left', () => {
  it('is what is free at that slope, less the age of the sample', () => {
    expect(timeLeftMs(24, AT, 1_024, 1 / SECOND, AT)).toBe(1_000 * SECOND);
    expect(timeLeftMs(24, AT - 10 * SECOND, 1_024, 1 / SECOND, AT)).toBe(990 * SECOND);
  });

  it('is 0 when nothing is free, and unknown when nothing rises', () => {
    expect(timeLeftMs(1_024, AT, 1_024, 0, AT)).toBe(0);
    expect(timeLeftMs(10, AT, 1_024, 0, AT)).toBeNull();
    expect(timeLeftMs(1_000, AT - 60 * MINUTE, 1_024, 1 / SECOND, AT)).toBe(0);
  });
});
