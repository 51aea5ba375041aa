import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readCsv } from '../testing/csv-reader.ts';
import { csvLine, type CsvValue } from './csv-cell.ts';

describe('csvLine', () => {
  it('is read back by RFC 4180, whatever the cells have in them', () => {
    const value = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', ',', '"', '\r', '\n', ';', ' ', 'ü', '𝕏', '=', '-', "'"), maxLength: 8 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 6 }), (values: CsvValue[]) => {
        const expected = values.map((each) => {
          if (typeof each !== 'string') return each === null ? '' : String(each);
          return /^[=+\-@\t\r]/.test(each) ? `'${each}` : each;
        });
        expect(readCsv(csvLine(values))).toEqual([expected]);
      }),
    );
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '=cmd|" /C calc"!A0'])('guards the text %j', (text) => {
    expect(readCsv(csvLine([text]))).toEqual([[`'${text}`]]);
  });

  it('leaves numbers as they are, negative ones too', () => {
    expect(csvLine([-1, 1.5, 0, -0.25])).toBe('-1,1.5,0,-0.25\r\n');
  });

  it('quotes only what needs it, and leaves nothing where nothing is known', () => {
    expect(csvLine(['a', 'b,c', 'say "hi"', 'two\nlines', null, true])).toBe(
      'a,"b,c","say ""hi""","two\nlines",,true\r\n',
    );
  });
});
