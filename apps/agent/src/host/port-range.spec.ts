import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { portRangeIn, readPortRange } from './port-range.ts';

describe('the ports that the kernel gives out', () => {
  it('are those of the range that are not reserved', () => {
    const range = portRangeIn('32768\t60999\n', '8080,32768,40000-40009,60999-61010\n');
    expect(range).toMatchObject({ low: 32_768, high: 60_999, reserved: 12 });
    expect([32_768, 32_769, 40_000, 40_009, 40_010, 60_998, 60_999].map((port) => range?.given[port])).toEqual([
      0, 1, 0, 0, 1, 1, 0,
    ]);
  });

  it('count a port once that is reserved twice, and may be a single one', () => {
    expect(portRangeIn('10 20', '12,11-13,13')).toMatchObject({ reserved: 3 });
    expect(portRangeIn('65535 65535', '')).toMatchObject({ low: 65_535, high: 65_535, reserved: 0 });
  });

  it('are not known without a range', () => {
    for (const text of ['', 'x', '60999 32768', '1 65536', '32768']) expect(portRangeIn(text, '')).toBeUndefined();
    expect(readPortRange('/nowhere')).toBeUndefined();
  });

  it('are no more than the range has, whatever is reserved', () => {
    const part = fc.oneof(
      fc.string(),
      fc.nat(99_999).map(String),
      fc.tuple(fc.nat(70_000), fc.nat(70_000)).map((pair) => pair.join('-')),
    );
    fc.assert(
      fc.property(fc.nat(65_535), fc.nat(65_535), fc.array(part), (low, high, parts) => {
        const range = portRangeIn(`${low} ${high}`, parts.join(','));
        expect(range === undefined).toBe(low > high);
        if (range === undefined) return;
        expect(range.given).toHaveLength(65_536);
        expect(range.given.reduce((sum, one) => sum + one, 0)).toBe(high - low + 1 - range.reserved);
      }),
    );
  });
});
