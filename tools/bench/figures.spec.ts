import { describe, expect, it } from '@jest/globals';
import { figuresAsText, missedIn } from './figures.ts';

const kept = { name: 'kept', value: 0.03, unit: 'of netstat', budget: 0.03 };
const missed = { name: 'missed', value: 91.27, unit: 'MB', budget: 90 };
const told = { name: 'told', value: 1234.5, unit: 'ms' };
const broken = { name: 'broken', value: Number.NaN, unit: 'ms', budget: 1 };

describe('the figures of a benchmark', () => {
  it('keep their budget up to and including it', () => {
    expect(missedIn([kept, missed, told])).toEqual([missed]);
  });

  it('reach what they must be at least', () => {
    const rate = { name: 'rate', value: 4_000, unit: 'requests/s', least: 4_000 };
    const slower = { ...rate, value: 3_999 };
    expect(missedIn([rate, slower, { ...rate, value: Number.NaN }])).toEqual([slower, { ...rate, value: Number.NaN }]);
    expect(figuresAsText([rate])).toContain('≥ 4000 requests/s |  ok |');
  });

  it('miss it where nothing was measured', () => {
    expect(missedIn([broken])).toEqual([broken]);
  });

  it('print as a table that says which budget was missed', () => {
    expect(figuresAsText([kept, missed, told]).split('\n')).toEqual([
      '| measured |           value |            budget |        |',
      '| -------- | --------------: | ----------------: | -----: |',
      '| kept     | 0.03 of netstat | ≤ 0.03 of netstat |     ok |',
      '| missed   |         91.3 MB |           ≤ 90 MB | MISSED |',
      '| told     |         1235 ms |                   |        |',
    ]);
  });
});
