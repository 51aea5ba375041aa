import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CpuRates, sumOf } from './cpu-rates.ts';
import { type ThreadLook } from './thread-look.ts';

/** A look at a thread: what it ran and waited until then, in milliseconds. */
function thread(tid: number, at: number, run: number, wait: number, startTicks = 1): ThreadLook {
  return {
    tid,
    at,
    startTicks,
    name: 't',
    state: 'S',
    wchan: null,
    syscall: null,
    schedule: { runNs: run * 1e6, waitNs: wait * 1e6 },
  };
}

function ratesOf(
  ...looks: readonly { readonly of: readonly ThreadLook[]; readonly at: number; readonly all?: boolean }[]
) {
  const rates = new CpuRates();
  return looks.map(({ of, at, all = true }) => rates.next(of, { startedAt: at, all })).at(-1);
}

describe('rates of threads', () => {
  it('need two looks', () => {
    expect(ratesOf({ of: [thread(1, 1_000, 500, 20)], at: 1_000 })).toEqual(new Map());
    expect(sumOf(new Map())).toBeNull();
  });

  it('are what changed in the time between', () => {
    const rates = ratesOf(
      { of: [thread(1, 1_000, 500, 20), thread(2, 1_000, 0, 0)], at: 1_000 },
      { of: [thread(1, 6_000, 1_500, 45), thread(2, 6_000, 5, 2_500)], at: 6_000 },
    );
    expect(rates).toEqual(
      new Map([
        [1, { run: 200, wait: 5 }],
        [2, { run: 1, wait: 500 }],
      ]),
    );
    expect(sumOf(rates ?? new Map())).toEqual({ run: 201, wait: 505 });
  });

  it('count a new thread from its birth, where all were looked at before', () => {
    const before = { of: [thread(1, 1_000, 0, 0)], at: 1_000 };
    const after = { of: [thread(1, 6_000, 0, 0), thread(2, 6_000, 100, 50)], at: 6_000 };
    expect(ratesOf(before, after)?.get(2)).toEqual({ run: 20, wait: 10 });
    expect(ratesOf({ ...before, all: false }, after)?.get(2)).toBeUndefined();
  });

  it('take another thread under the same id for a new one', () => {
    const before = { of: [thread(1, 1_000, 90_000, 90_000)], at: 1_000 };
    expect(ratesOf(before, { of: [thread(1, 2_000, 100, 50, 2)], at: 2_000 })?.get(1)).toEqual({ run: 100, wait: 50 });
    expect(
      ratesOf({ ...before, all: false }, { of: [thread(1, 2_000, 90_100, 90_050, 2)], at: 2_000 })?.get(1),
    ).toBeUndefined();
  });

  it('are not there for counters that went back', () => {
    expect(
      ratesOf({ of: [thread(1, 1_000, 900, 0)], at: 1_000 }, { of: [thread(1, 2_000, 100, 5)], at: 2_000 })?.get(1),
    ).toBeUndefined();
  });

  it('count a thread that had not run yet from its first look', () => {
    const unborn = { ...thread(1, 1_000, 0, 0), schedule: undefined };
    expect(ratesOf({ of: [unborn], at: 1_000 }, { of: [thread(1, 2_000, 30, 60)], at: 2_000 })?.get(1)).toEqual({
      run: 30,
      wait: 60,
    });
  });

  it('are never negative, endless or above what the clock allows, whatever comes and goes', () => {
    const reading = fc.record({
      tid: fc.integer({ min: 1, max: 4 }),
      run: fc.nat(1e12),
      wait: fc.nat(1e12),
      startTicks: fc.integer({ min: 1, max: 2 }),
    });
    const look = fc.record({ of: fc.array(reading, { maxLength: 5 }), all: fc.boolean(), afterMs: fc.nat(10_000) });
    fc.assert(
      fc.property(fc.array(look, { maxLength: 6 }), (looks) => {
        const rates = new CpuRates();
        let at = 0;
        for (const { of, all, afterMs } of looks) {
          at += afterMs;
          const told = rates.next(
            of.map(({ tid, run, wait, startTicks }) => thread(tid, at, run, wait, startTicks)),
            { startedAt: at, all },
          );
          for (const { run, wait } of told.values()) {
            expect(run >= 0 && run <= 1_000 && wait >= 0 && wait <= 1_000).toBe(true);
          }
        }
      }),
    );
  });
});
