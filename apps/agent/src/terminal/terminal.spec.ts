import { describe, expect, it } from '@jest/globals';
import { ageText } from './age.ts';
import { tableLines } from './table.ts';

const COLUMNS = [
  { heading: 'PID', align: 'right' },
  { heading: 'COMMAND', atLeast: 6 },
  { heading: 'PEER', atLeast: 6 },
] as const;

describe('a table', () => {
  it('aligns its columns and ends no line in spaces', () => {
    expect(
      tableLines(COLUMNS, [
        ['7', 'node server.js', '10.0.0.1:443'],
        ['4711', 'java', ''],
      ]),
    ).toEqual([' PID  COMMAND         PEER', '   7  node server.js  10.0.0.1:443', '4711  java']);
  });

  it('cuts the widest of the columns that may be cut until it fits', () => {
    const lines = tableLines(COLUMNS, [['7', 'node a-very-long-command-line', '10.0.0.1:443']], 33);

    expect(lines).toEqual(['PID  COMMAND         PEER', '  7  node a-very-l…  10.0.0.1:443']);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(33);
  });

  it('never cuts a column that says nothing of it, however narrow the terminal', () => {
    expect(tableLines(COLUMNS, [['123456', 'node server.js', '10.0.0.1:443']], 10)[1]).toBe('123456  node …  10.0.…');
  });

  it('counts what is seen and not the colours, and drops those of a cut cell', () => {
    const red = '\u001b[31mnode\u001b[39m';
    expect(tableLines(COLUMNS, [['1', red, 'x']])[1]).toBe(`  1  ${red}     x`);
    expect(tableLines(COLUMNS, [['1', '\u001b[31mnode server\u001b[39m', 'x']], 15)[1]).toBe('  1  node …  x');
  });

  it('counts Chinese characters as the two columns that they fill', () => {
    const columns = [{ heading: 'VERDICT', atLeast: 4 }, { heading: 'PID' }] as const;
    expect(
      tableLines(columns, [
        ['代码泄漏', '7'],
        ['Busy', '8'],
      ]),
    ).toEqual(['VERDICT   PID', '代码泄漏  7', 'Busy      8']);
    expect(tableLines(columns, [['代码泄漏', '7']], 11)[1]).toBe('代码…   7');
  });
});

describe('an age', () => {
  it.each([
    [-1, '0s'],
    [59.9, '59s'],
    [102, '1m 42s'],
    [3_600, '1h 0m'],
    [90_000, '1d 1h'],
  ])('of %d seconds reads %s', (seconds, text) => {
    expect(ageText(seconds)).toBe(text);
  });
});
