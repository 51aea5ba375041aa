import { describe, expect, it } from '@jest/globals';
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Pacer } from './pacer.ts';

function work(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

function turn(): number {
  return performance.nodeTiming.uvMetricsInfo.loopCount;
}

describe('a pacer', () => {
  it('is due once the turn is used up, and no longer after a rest, which is another turn', async () => {
    await nextTurn();
    const pacer = new Pacer();
    expect(pacer.due()).toBe(false);
    work(4);
    expect(pacer.due()).toBe(true);
    const before = turn();
    await pacer.rest();
    expect(turn()).toBeGreaterThan(before);
    expect(pacer.due()).toBe(false);
  });

  it('is due at once where work before it in the same turn has used the turn up', async () => {
    await nextTurn();
    new Pacer();
    work(4);
    expect(new Pacer().due()).toBe(true);
    await nextTurn();
    expect(new Pacer().due()).toBe(false);
  });

  it('lets works that go on side by side share a turn', async () => {
    const busyIn = new Map<number, number>();
    const goOn = async (): Promise<void> => {
      const pacer = new Pacer();
      for (let i = 0; i < 40; i++) {
        work(1);
        busyIn.set(turn(), (busyIn.get(turn()) ?? 0) + 1);
        if (pacer.due()) await pacer.rest();
      }
    };
    await nextTurn();
    await Promise.all([goOn(), goOn()]);
    // One slice and the step that overran it; twice that where one has waited long enough.
    const twoSlices = [...busyIn.values()].filter((ms) => ms > 5);
    expect(busyIn.size).toBeGreaterThan(15);
    expect(twoSlices.length).toBeLessThan(busyIn.size / 2);
  });

  it('counts the time of its work and not that of its rests', async () => {
    const pacer = new Pacer();
    work(5);
    const rest = pacer.rest();
    work(20);
    await rest;
    work(5);
    expect(pacer.busyMs).toBeGreaterThanOrEqual(10);
    expect(pacer.busyMs).toBeLessThan(20);
  });
});
