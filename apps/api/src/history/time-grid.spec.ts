import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { timeGrid } from './time-grid.ts';

describe('timeGrid', () => {
  it('makes at most as many steps as asked for, that cover the range, none shorter than the interval', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2_000_000_000_000 }),
        fc.integer({ min: 1, max: 40 * 86_400_000 }),
        fc.integer({ min: 1, max: 2_000 }),
        fc.integer({ min: 1_000, max: 300_000 }),
        (from, length, points, intervalMs) => {
          const { start, stepMs, count } = timeGrid(from, from + length, points, intervalMs);
          expect(start).toBeLessThanOrEqual(from);
          expect(start + count * stepMs).toBeGreaterThanOrEqual(from + length);
          expect(stepMs).toBeGreaterThanOrEqual(intervalMs);
          if (points > 1) expect(count).toBeLessThanOrEqual(points);
        },
      ),
    );
  });

  it('keeps its steps when the range moves on', () => {
    const hour = 3_600_000;
    const first = timeGrid(1_000_000, 1_000_000 + hour, 300, 5_000);
    const later = timeGrid(1_004_000, 1_004_000 + hour, 300, 5_000);
    expect(later.stepMs).toBe(first.stepMs);
    expect((later.start - first.start) % first.stepMs).toBe(0);
  });

  it('is found at once for a range of thousands of years', () => {
    const instant = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
    fc.assert(
      fc.property(instant, instant, fc.integer({ min: 1, max: 2_000 }), (a, b, points) => {
        const [from, to] = [Math.min(a.getTime(), b.getTime()), Math.max(a.getTime(), b.getTime()) + 1];
        const startedAt = performance.now();
        const { start, stepMs, count } = timeGrid(from, to, points, 5_000);
        expect(performance.now() - startedAt).toBeLessThan(100);
        expect(count).toBeLessThanOrEqual(points);
        expect(start + count * stepMs).toBeGreaterThanOrEqual(to);
      }),
    );
  });
});
