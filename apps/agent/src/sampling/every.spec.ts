import { describe, expect, it } from '@jest/globals';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { every } from './every.ts';

/** When the work began each time, in milliseconds since the start. */
async function beginnings(intervalMs: number, forMs: number, workMs: number): Promise<number[]> {
  const start = performance.now();
  const begun: number[] = [];
  let running = 0;
  const stop = AbortSignal.timeout(forMs);
  await every(
    intervalMs,
    async () => {
      begun.push(performance.now() - start);
      if (++running > 1) throw new Error('two at a time');
      await sleep(workMs);
      running--;
    },
    stop,
  );
  return begun;
}

describe('every interval', () => {
  it('begins at once and keeps to its instants, however long the work takes', async () => {
    const begun = await beginnings(100, 1_050, 30);
    expect(begun.length).toBeGreaterThanOrEqual(6);
    expect(begun.length).toBeLessThanOrEqual(11);
    expect(begun[0]).toBeLessThan(50);
    // A pause that began when the work ended would be 30 ms later each time: 90 after three.
    const late = begun.map((at) => at % 100).toSorted((a, b) => a - b);
    expect(late[Math.floor(late.length / 2)]).toBeLessThan(30);
  });

  it('skips the instants that the work ran over, and never runs two at a time', async () => {
    const begun = await beginnings(40, 400, 60);
    expect(begun.length).toBeLessThanOrEqual(6);
    for (const [index, at] of begun.slice(1).entries()) expect(at - (begun[index] ?? 0)).toBeGreaterThanOrEqual(60);
  });

  it('ends at once when told to, in the middle of a pause', async () => {
    const start = performance.now();
    await every(60_000, () => Promise.resolve(), AbortSignal.timeout(50));
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});
