import { describe, expect, it } from '@jest/globals';
import { type KernelCounter } from '@closewatch/protocol';
import { closesPerSecond } from './closes.ts';

function reading(at: number, values: Partial<Record<KernelCounter, number>>) {
  return { at, values: new Map(Object.entries(values) as [KernelCounter, number][]) };
}

describe('connections that this side closed first, a second', () => {
  it('are what the counters rose by, with those that found no room for a TIME_WAIT', () => {
    const before = reading(1_000, { TW: 100, TWKilled: 5, TCPTimeWaitOverflow: 0 });
    const now = reading(31_000, { TW: 400, TWKilled: 5, TCPTimeWaitOverflow: 1_500 });
    expect(closesPerSecond(before, now, 100)).toBe(60);
  });

  it('are none while nothing closes, though old records are still there', () => {
    const values = { TW: 100, TWKilled: 0, TCPTimeWaitOverflow: 0 };
    expect(closesPerSecond(reading(0, values), reading(30_000, values), 600)).toBe(0);
  });

  it('are a sixtieth of TIME_WAIT before the second reading, without counters, and when they fell', () => {
    const counters = { TW: 100 };
    expect(closesPerSecond(undefined, reading(0, counters), 600)).toBe(10);
    expect(closesPerSecond(reading(0, {}), reading(30_000, {}), 100)).toBe(1.67);
    expect(closesPerSecond(reading(0, counters), reading(30_000, { TW: 99 }), 600)).toBe(10);
    expect(closesPerSecond(reading(0, counters), reading(0, counters), 600)).toBe(10);
  });

  it('are not known without either', () => {
    expect(closesPerSecond(undefined, reading(0, {}), null)).toBeNull();
  });
});
