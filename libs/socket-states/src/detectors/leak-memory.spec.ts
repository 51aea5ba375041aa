import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emptyLeakWindow, isForgettable, remember, rememberDescriptors } from './leak-memory.ts';
import { type LeakSample } from './leak-window.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const BEGIN = 400_000 * HOUR;

const sampleAt = (at: number, leaked = 3): LeakSample => ({
  at,
  leaked,
  old: 0,
  opened: 1,
  ended: 0,
  oldestMs: MINUTE,
  young: 0,
});
const windowOf = (samples: readonly LeakSample[]) => samples.reduce(remember, emptyLeakWindow(5 * SECOND));

describe('the memory of a leak key', () => {
  it('keeps half an hour of samples and a day of hourly minima', () => {
    const samples = Array.from({ length: 30 * 12 }, (_, index) =>
      sampleAt(BEGIN + index * 5 * MINUTE, 100 + (index % 12)),
    );
    const window = windowOf(samples);
    expect(window.samples.map(({ at }) => at)).toEqual(samples.slice(-7).map(({ at }) => at));
    expect(window.hours).toHaveLength(25);
    expect(window.hours.map(({ least }) => least)).toEqual(Array.from({ length: 25 }, () => 100));
    expect(window.hours[0]?.hour).toBe(BEGIN + 5 * HOUR);
  });

  it('keeps more of a host that samples slowly', () => {
    const window = Array.from({ length: 30 }, (_, index) => sampleAt(BEGIN + index * 10 * MINUTE)).reduce(
      remember,
      emptyLeakWindow(10 * MINUTE),
    );
    expect(window.samples.length).toBe(25);
  });

  it('does not depend on order, repeats or batches', () => {
    const instants = fc.uniqueArray(fc.integer({ min: 0, max: 20 * 60 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(instants, fc.func(fc.nat()), (seconds, rank) => {
        const samples = seconds.map((second) => sampleAt(BEGIN + second * SECOND, second % 17));
        const shuffled = samples.toSorted((a, b) => rank(a.at) - rank(b.at));
        expect(windowOf([...shuffled, ...shuffled.slice(3)])).toEqual(
          windowOf(samples.toSorted((a, b) => a.at - b.at)),
        );
      }),
    );
  });

  it('keeps two hours of descriptors', () => {
    const window = Array.from({ length: 200 }, (_, index) => ({
      at: BEGIN + index * MINUTE,
      used: 5,
      limit: 9,
      heldShare: 1,
    })).reduce(rememberDescriptors, emptyLeakWindow(5 * SECOND));
    expect(window.descriptors).toHaveLength(121);
  });

  it('may be forgotten when nothing but zeros is left, and what is young', () => {
    const nothing = { ...sampleAt(BEGIN, 0), opened: 0 };
    expect(isForgettable(windowOf([nothing]))).toBe(true);
    expect(isForgettable(windowOf([nothing, { ...nothing, at: BEGIN + SECOND, young: 1 }]))).toBe(true);
    expect(isForgettable(windowOf([nothing, { ...nothing, at: BEGIN + SECOND, opened: 1 }]))).toBe(false);
    expect(isForgettable(windowOf([sampleAt(BEGIN - HOUR), nothing]))).toBe(false);
  });
});
