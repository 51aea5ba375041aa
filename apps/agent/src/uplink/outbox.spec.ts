import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PUSH_LIMITS } from './contract.ts';
import { Outbox } from './outbox.ts';

const BOUNDS = { parcels: 5, size: 100 };

function seqs(outbox: Outbox): number[] {
  return outbox.peek(1_000, 1_000_000).map(({ seq }) => seq);
}

describe('the outbox', () => {
  it('keeps snapshots in their order until they are removed', () => {
    const outbox = new Outbox(BOUNDS);
    for (const seq of [0, 1, 2]) outbox.add({ seq, json: '{}' });
    const batch = outbox.peek(2, 1_000);
    expect(batch.map(({ seq }) => seq)).toEqual([0, 1]);
    expect(outbox.length).toBe(3);
    outbox.remove(batch);
    outbox.remove(batch);
    expect(seqs(outbox)).toEqual([2]);
  });

  it('lets the oldest go when there are too many, and counts them', () => {
    const outbox = new Outbox(BOUNDS);
    for (let seq = 0; seq < 8; seq++) outbox.add({ seq, json: '{}' });
    expect(seqs(outbox)).toEqual([3, 4, 5, 6, 7]);
    expect(outbox.dropped).toBe(3);
    expect(outbox.size).toBe(10);
  });

  it('lets the oldest go when they are too large, but never the newest', () => {
    const outbox = new Outbox(BOUNDS);
    outbox.add({ seq: 0, json: 'x'.repeat(60) });
    expect(outbox.add({ seq: 1, json: 'x'.repeat(60) })).toBe(1);
    expect(outbox.add({ seq: 2, json: 'x'.repeat(500) })).toBe(1);
    expect(seqs(outbox)).toEqual([2]);
  });

  it('has room for two snapshots as large as a push may be', () => {
    const outbox = new Outbox();
    for (const seq of [0, 1]) outbox.add({ seq, json: 'x'.repeat(PUSH_LIMITS.bodyBytes) });
    expect(seqs(outbox)[0]).toBe(0);
    expect(outbox.dropped).toBe(0);
  });

  it('hands out batches by count and by size, and one at the least', () => {
    const outbox = new Outbox({ parcels: 10, size: 1_000 });
    outbox.add({ seq: 0, json: 'x'.repeat(50) });
    outbox.add({ seq: 1, json: 'x'.repeat(50) });
    expect(outbox.peek(10, 99)).toHaveLength(1);
    expect(outbox.peek(10, 100)).toHaveLength(2);
    expect(outbox.peek(10, 1)).toHaveLength(1);
    expect(new Outbox().peek(10, 100)).toEqual([]);
  });

  it('stays within its bounds whatever is added and removed', () => {
    const actions = fc.array(fc.record({ size: fc.nat(60), remove: fc.nat(3) }), { maxLength: 60 });
    fc.assert(
      fc.property(actions, (steps) => {
        const outbox = new Outbox(BOUNDS);
        let gone = 0;
        for (const [seq, { size, remove }] of steps.entries()) {
          outbox.add({ seq, json: 'x'.repeat(size) });
          const held = outbox.peek(1_000, 1_000_000);
          expect(held.length).toBeLessThanOrEqual(BOUNDS.parcels);
          expect(held.reduce((sum, { json }) => sum + json.length, 0)).toBeLessThanOrEqual(BOUNDS.size);
          const taken = remove === 0 ? [] : outbox.peek(remove, 1_000);
          outbox.remove(taken);
          gone += taken.length;
        }
        expect(outbox.length + outbox.dropped + gone).toBe(steps.length);
      }),
    );
  });
});
