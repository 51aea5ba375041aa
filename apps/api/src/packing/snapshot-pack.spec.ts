import { describe, expect, it } from '@jest/globals';
import { TCP_STATES } from '@closewatch/socket-states';
import fc from 'fast-check';
import { packColumns, PackError } from './column-codec.ts';
import { packSnapshots, type SnapshotColumns, unpackSnapshots } from './snapshot-pack.ts';

const HOUR = Date.UTC(2026, 10, 22, 3);
const RUNS = ['3f0c9e5e-0d2a-4c59-8a1e-52c0a6f1b001', '3f0c9e5e-0d2a-4c59-8a1e-52c0a6f1b002'];

const snapshots = fc.uniqueArray(fc.integer({ min: 0, max: 3_599_999 }), { maxLength: 100 }).chain((offsets) => {
  const times = <Value>(item: fc.Arbitrary<Value>) =>
    fc.array(item, { minLength: offsets.length, maxLength: offsets.length });
  const count = fc.oneof(fc.nat({ max: 500 }), fc.constantFrom(NaN, 2 ** 31 - 1));
  return fc
    .record({
      ahead: times(fc.oneof(fc.constant(0), fc.nat({ max: 60_000 }))),
      intervalMs: times(fc.constantFrom(5_000, 10_000)),
      seq: times(fc.nat()),
      complete: times(fc.constantFrom(0, 1)),
      run: times(fc.constantFrom(0, 1)),
      counts: fc.tuple(...TCP_STATES.map(() => times(count))),
    })
    .map(({ ahead, counts, ...rest }): SnapshotColumns => {
      const takenAt = Float64Array.from(offsets.toSorted((a, b) => a - b)).map((offset) => HOUR + offset);
      return {
        takenAt,
        standsAt: takenAt.map((at, index) => at - (ahead[index] ?? 0)),
        intervalMs: Float64Array.from(rest.intervalMs),
        seq: Float64Array.from(rest.seq),
        complete: Float64Array.from(rest.complete),
        run: Float64Array.from(rest.run),
        runIds: RUNS,
        counts: Object.fromEntries(
          TCP_STATES.map((state, index) => [state, Float64Array.from(counts[index] ?? [])]),
        ) as SnapshotColumns['counts'],
      };
    });
});

describe('packSnapshots', () => {
  it('packs any snapshots of an hour so that they are unpacked as they were', () => {
    fc.assert(
      fc.property(snapshots, (packed) => {
        expect(unpackSnapshots(HOUR, RUNS, packSnapshots(HOUR, packed))).toEqual(packed);
      }),
    );
  });
});

describe('unpackSnapshots', () => {
  it('throws PackError for a pack of other columns', () => {
    expect(() => unpackSnapshots(HOUR, RUNS, packColumns([new Float64Array(2), new Float64Array(2)]))).toThrow(
      PackError,
    );
  });
});
