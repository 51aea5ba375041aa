import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Column, packColumns, PackError, unpackColumns } from './column-codec.ts';

const GREATEST = 2 ** 51 - 1;

/** Values as samples have them: near each other, far apart, at the edges of 32 bits and of what a column takes. */
const value = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.integer({ min: 0, max: 70_000 }),
  fc.constantFrom(0, -1, 2 ** 24, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 48, GREATEST, -GREATEST),
  fc.integer({ min: -GREATEST, max: GREATEST }),
);
const odd = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ noNaN: true }).filter((number) => !Object.is(number, -0)),
);
const missing = fc.constant(NaN);
const columns = fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 6 })).chain(([length, count]) => {
  const column = fc
    .oneof(value, fc.oneof(value, missing), missing, fc.integer({ min: -5, max: 5 }))
    .chain((first) =>
      fc.oneof(
        fc.constant(Array.from({ length }, () => first)),
        fc.array(value, { minLength: length, maxLength: length }),
        fc.array(fc.integer({ min: 90, max: 110 }), { minLength: length, maxLength: length }),
        fc.array(fc.oneof(value, missing), { minLength: length, maxLength: length }),
        fc.array(fc.oneof({ weight: 9, arbitrary: value }, { weight: 1, arbitrary: odd }), {
          minLength: length,
          maxLength: length,
        }),
      ),
    )
    .map((values): Column => Float64Array.from(values));
  return fc.array(column, { minLength: count, maxLength: count });
});

/** A pack whose checksum is right, whatever it holds. */
function sealed(content: Uint8Array): Buffer {
  const head = Buffer.alloc(5, 1);
  head.writeUInt32LE(crc32(content), 1);
  return Buffer.concat([head, content]);
}

/** Unpacks it or throws PackError, nothing else. */
function unpacksOrRefuses(pack: Uint8Array): void {
  try {
    for (const column of unpackColumns(pack)) expect(column).toBeInstanceOf(Float64Array);
  } catch (error) {
    expect(error).toBeInstanceOf(PackError);
  }
}

describe('packColumns', () => {
  it('packs any columns so that they are unpacked as they were', () => {
    fc.assert(fc.property(columns, (packed) => expect(unpackColumns(packColumns(packed))).toEqual(packed)));
  });

  it('packs nothing, columns of nothing, and columns of nulls', () => {
    for (const packed of [[], [new Float64Array()], [new Float64Array(3).fill(NaN), Float64Array.of(NaN, 7, NaN)]]) {
      expect(unpackColumns(packColumns(packed))).toEqual(packed);
    }
  });

  it('needs few bytes: some for a column that never changes, half a byte a number for one that walks', () => {
    const length = 3_600;
    expect(packColumns([new Float64Array(length).fill(2 ** 40)]).length).toBeLessThan(20);
    const regular = Float64Array.from({ length }, (_, index) => 1_800_000_000_000 + index * 1_000);
    expect(packColumns([regular]).length).toBeLessThan(140);
    let at = 10_000;
    const walk = Float64Array.from({ length }, (_, index) => (at += ((index * 7_919) % 15) - 7));
    expect(packColumns([walk]).length).toBeLessThan(length * 0.55);
  });

  it('refuses columns of different lengths, and too many', () => {
    expect(() => packColumns([new Float64Array(2), new Float64Array(3)])).toThrow(RangeError);
    expect(() => packColumns(Array.from({ length: 1_025 }, () => new Float64Array()))).toThrow('too many');
  });
});

describe('unpackColumns', () => {
  const pack = packColumns([
    Float64Array.from({ length: 300 }, (_, index) => index * 10_000 + (index % 13)),
    Float64Array.from({ length: 300 }, (_, index) => (index % 7 === 0 ? NaN : index ** 5)),
    new Float64Array(300).fill(5),
  ]);

  it('throws PackError wherever the pack is cut off', () => {
    for (let length = 0; length < pack.length; length++) {
      expect(() => unpackColumns(pack.subarray(0, length))).toThrow(PackError);
    }
  });

  it('throws PackError for any byte that is not as it was', () => {
    fc.assert(
      fc.property(fc.nat({ max: pack.length - 1 }), fc.integer({ min: 1, max: 255 }), (index, change) => {
        const damaged = Buffer.from(pack);
        damaged[index] = (damaged[index] ?? 0) ^ change;
        expect(() => unpackColumns(damaged)).toThrow(PackError);
      }),
    );
  });

  it('throws PackError for a later version, for another format, and for more after the end', () => {
    expect(() => unpackColumns(Buffer.of(2, 0, 0))).toThrow('version 2 is not known');
    expect(() => unpackColumns(Buffer.alloc(0))).toThrow('version none is not known');
    expect(() => unpackColumns(Buffer.concat([Buffer.of(1), deflateRawSync(pack)]))).toThrow('it is damaged');
    expect(() => unpackColumns(sealed(Buffer.concat([pack.subarray(5), Buffer.alloc(1)])))).toThrow(PackError);
  });

  it('refuses what is sealed rightly and asks for much', () => {
    const huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f];
    // Columns, values, both; and nulls that never come to an end.
    for (const content of [
      [...huge, 0],
      [1, ...huge],
      [0x80, 8, 0xff, 0xff, 0x7f],
      [1, 5, 5, 0, 0, 0, 0, 0],
    ]) {
      expect(() => unpackColumns(sealed(Buffer.from([...content, 0, 0, 0])))).toThrow(PackError);
    }
  });

  it('ends with columns or PackError for anything that is sealed rightly', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (content) => unpacksOrRefuses(sealed(content))));
    const changes = fc.array(fc.tuple(fc.nat({ max: pack.length - 6 }), fc.nat({ max: 255 })), { maxLength: 4 });
    fc.assert(
      fc.property(changes, (changed) => {
        const content = Buffer.from(pack.subarray(5));
        for (const [index, byte] of changed) content[index] = byte;
        unpacksOrRefuses(sealed(content));
      }),
    );
  });
});
