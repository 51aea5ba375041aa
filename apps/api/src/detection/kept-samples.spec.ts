import { describe, expect, it } from '@jest/globals';
import { type Keeping, KeptSamples } from './kept-samples.ts';

function kept(instants: readonly number[], keepMs: number, keeping?: Keeping): number[] {
  const samples = new KeptSamples<{ readonly at: number }>();
  for (const at of instants) samples.add({ at }, keepMs, keeping);
  return samples.all.map(({ at }) => at);
}

describe('samples that are kept', () => {
  it('are those of some time, without what comes late or twice', () => {
    expect(kept([0, 10, 20, 20, 15, 30], 20)).toEqual([10, 20, 30]);
  });

  it('are a while apart where that is asked for', () => {
    expect(kept([0, 4, 10, 19, 20], 100, { apartMs: 10 })).toEqual([0, 10, 20]);
  });

  it('are no more than so many, the newest', () => {
    expect(kept([0, 1, 2, 3, 4], 100, { most: 3 })).toEqual([2, 3, 4]);
  });
});
