import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parcelOfBytes, runOf } from '../testing/parcels.ts';
import { FILE_HEADER, encodeRecord, scanSegment, type OutboxRecord } from './outbox-record.ts';

const record = fc.oneof(
  fc.record({ seq: fc.nat(), bytes: fc.nat(300) }).map(({ seq, bytes }): OutboxRecord => ({
    kind: 'snapshot',
    parcel: parcelOfBytes(runOf(seq % 3), seq, bytes),
  })),
  fc.string().map((agent): OutboxRecord => ({ kind: 'agent', run: runOf(1), agent: agent.toWellFormed() })),
  fc.record({ from: fc.nat(), to: fc.nat() }).map((range): OutboxRecord => ({ kind: 'done', run: runOf(2), ...range })),
);
const records = fc.array(record, { maxLength: 12 });

const fileOf = (written: readonly OutboxRecord[]): Buffer => Buffer.concat([FILE_HEADER, ...written.map(encodeRecord)]);
const readBack = (bytes: Buffer): OutboxRecord[] => scanSegment(bytes).records.map((found) => found.record);
/** All that is in them. */
const texts = (found: readonly OutboxRecord[]): string[] => found.map((one) => encodeRecord(one).toString('hex'));

describe('the records of the outbox', () => {
  it('are read back as they were written', () => {
    fc.assert(
      fc.property(records, (written) => {
        expect(scanSegment(fileOf(written)).damaged).toBe(0);
        expect(texts(readBack(fileOf(written)))).toEqual(texts(written));
      }),
    );
  });

  it('are all there up to the one that a crash tore, wherever it did', () => {
    fc.assert(
      fc.property(records, fc.nat(), (written, where) => {
        const whole = fileOf(written);
        const cut = FILE_HEADER.length + (where % (whole.length - FILE_HEADER.length + 1));
        let end = FILE_HEADER.length;
        const sound = written.filter((one) => (end += encodeRecord(one).length) <= cut);
        expect(texts(readBack(whole.subarray(0, cut)))).toEqual(texts(sound));
        const torn = fileOf(sound).length < cut;
        expect(scanSegment(whole.subarray(0, cut)).damaged).toBe(torn ? 1 : 0);
      }),
    );
  });

  it('are all there but those that are damaged, and nothing else is, whatever happened to the bytes', () => {
    const damage = fc.array(fc.record({ at: fc.nat(), bytes: fc.uint8Array({ minLength: 1, maxLength: 90 }) }), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(records, damage, (written, places) => {
        const file = fileOf(written);
        const before = Buffer.from(file);
        for (const { at, bytes } of places)
          file.set(bytes.subarray(0, file.length - (at % file.length)), at % file.length);
        let start = FILE_HEADER.length;
        const untouched = written.filter((one) => {
          const from = start;
          start += encodeRecord(one).length;
          return before.subarray(from, start).equals(file.subarray(from, start));
        });
        const found = scanSegment(file);
        expect(texts(found.records.map((one) => one.record))).toEqual(texts(untouched));
        if (untouched.length < written.length) expect(found.damaged).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: 1_000 },
    );
  });

  it('are not looked for in garbage longer than its length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), (garbage) => {
        expect(readBack(Buffer.concat([FILE_HEADER, Buffer.from('CWR1'), garbage]))).toEqual([]);
      }),
    );
  });

  it.each([Number.NaN, Infinity, -1, 0.5, 2 ** 53])('are taken for damaged with a number such as %d', (number) => {
    const odd = fileOf([{ kind: 'done', run: runOf(1), from: number, to: 1 }]);
    expect(scanSegment(odd)).toEqual({ records: [], damaged: 1 });
  });

  it('are taken for damaged in a file of another version', () => {
    const file = fileOf([{ kind: 'done', run: runOf(1), from: 0, to: 1 }]);
    const other = Buffer.from(
      file.toString('latin1').replace('outbox 1', 'outbox 2').replace('CWR1', 'CWR2'),
      'latin1',
    );
    expect(scanSegment(other)).toEqual({ records: [], damaged: 1 });
  });
});
