import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Destinations } from './destinations.ts';
import { DESTINATION_WORDS } from './tuple.ts';

/** A destination of which only two words tell. */
function keyOf(first: number, last: number): Int32Array {
  const key = new Int32Array(DESTINATION_WORDS);
  key[0] = first;
  key[DESTINATION_WORDS - 1] = last;
  return key;
}

describe('sockets by destination', () => {
  it('are counted as a map of strings counts them', () => {
    const socket = fc.record({ first: fc.integer({ min: -3, max: 3 }), last: fc.nat(40), isTimeWait: fc.boolean() });
    fc.assert(
      fc.property(fc.array(socket, { maxLength: 300 }), (sockets) => {
        const destinations = new Destinations();
        const expected = new Map<string, { used: number; timeWait: number }>();
        for (const { first, last, isTimeWait } of sockets) {
          destinations.add(keyOf(first, last), isTimeWait);
          const { used, timeWait } = expected.get(`${first} ${last}`) ?? { used: 0, timeWait: 0 };
          expected.set(`${first} ${last}`, { used: used + 1, timeWait: timeWait + (isTimeWait ? 1 : 0) });
        }
        expect(destinations.count).toBe(expected.size);
        for (const { index, used } of destinations.top(10_000)) {
          const key = destinations.key(index);
          const found = { used, timeWait: destinations.timeWait(index) };
          expect(found).toEqual(expected.get(`${key[0]} ${key[DESTINATION_WORDS - 1]}`));
        }
      }),
    );
  });

  it('keep their counts when the table grows', () => {
    const destinations = new Destinations();
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 5_000; i++) destinations.add(keyOf(i, 443), round === 0);
    }
    expect(destinations.count).toBe(5_000);
    expect(new Set(destinations.top(5_000).map(({ used }) => used))).toEqual(new Set([3]));
    expect(destinations.timeWait(4_999)).toBe(1);
  });

  it('are no more than there is room for; the rest are counted and those that are in go on', () => {
    const destinations = new Destinations(1_000);
    for (let i = 0; i < 1_500; i++) destinations.add(keyOf(i, 0), false);
    destinations.add(keyOf(999, 0), false);
    expect([destinations.count, destinations.leftOut]).toEqual([1_000, 500]);
    expect(destinations.top(2)).toEqual([
      { index: 999, used: 2 },
      { index: 0, used: 1 },
    ]);
  });

  it('are listed with the most sockets first', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 60 }), fc.integer({ min: 1, max: 70 }), (sockets, many) => {
        const destinations = new Destinations();
        for (const [place, count] of sockets.entries()) {
          for (let i = 0; i <= count; i++) destinations.add(keyOf(place, 1), false);
        }
        const expected = sockets.map((count) => count + 1).toSorted((a, b) => b - a);
        expect(destinations.top(many).map(({ used }) => used)).toEqual(expected.slice(0, many));
      }),
    );
  });
});
