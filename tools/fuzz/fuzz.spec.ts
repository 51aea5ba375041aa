import { describe, expect, it } from '@jest/globals';
import { type FuzzedParser } from './fuzzed-parser.ts';
import { fuzz, inputOf } from './fuzz.ts';
import { PARSERS } from './registry.ts';

const SAMPLES = ['alpha 1\n', 'beta 22\n'];

/** A parser that is right but for what `run` does. */
function parser(changes: Partial<FuzzedParser>): FuzzedParser {
  return {
    name: 'p',
    covers: [],
    samples: () => SAMPLES.map((text) => Buffer.from(text)),
    run: () => undefined,
    ...changes,
  };
}

const why = (changes: Partial<FuzzedParser>): string | undefined => fuzz(parser(changes), 1, 500).failures[0]?.why;

describe('the fuzz', () => {
  it('passes a parser that takes anything', () => {
    expect(fuzz(parser({}), 1, 500)).toMatchObject({ inputs: 500, refused: 0, failures: [] });
  });

  it('counts what a parser refuses as it documents', () => {
    const refuses = {
      run: () => {
        throw new RangeError('no');
      },
      mayThrow: (error: unknown) => error instanceof RangeError,
    };
    expect(fuzz(parser(refuses), 1, 500)).toMatchObject({ refused: 500, failures: [] });
  });

  it('finds what throws, and the least that makes it throw', () => {
    const run = (input: Buffer): void => {
      if (input.includes('22')) throw new TypeError('two twos');
    };
    const [failure] = fuzz(parser({ run }), 1, 500).failures;
    expect(failure?.why).toBe('threw TypeError: two twos');
    expect(failure?.smallest.toString()).toBe('22');
  });

  it.each<[string, Partial<FuzzedParser>]>([
    ['holds the number -1', { run: () => ({ count: -1 }) }],
    ['holds the number NaN', { run: () => [new Map([['count', Number.NaN]])] }],
    ['holds the number Infinity', { run: () => Infinity, signed: true }],
    ['changed its input', { run: (input) => input.fill(0) }],
    ['too many', { fault: () => 'too many' }],
  ])('finds what %s', (fault, changes) => {
    expect(why(changes)).toBe(fault);
  });

  it('finds what remembers, what grows and what is slow', () => {
    let calls = 0;
    expect(why({ run: () => calls++ })).toBe('came out differently the second time');
    expect(why({ run: () => Array.from({ length: 200_000 }, () => 0) })).toMatch(/holds more than \d+ values/);
    const dawdle = (): void => {
      const until = performance.now() + 260;
      while (performance.now() < until);
    };
    expect(fuzz(parser({ run: dawdle }), 1, 1).failures[0]?.why).toMatch(/took \d+ ms/);
  });

  it('makes the same input again of its number alone', () => {
    const samples = parser({}).samples();
    const inputs = Array.from({ length: 200 }, (_, number) => inputOf(parser({}), samples, 7, number).toString('hex'));
    expect(inputOf(parser({}), samples, 7, 150).toString('hex')).toBe(inputs[150]);
    expect(new Set(inputs).size).toBeGreaterThan(100);
    expect(inputOf(parser({}), samples, 8, 150).toString('hex')).not.toBe(inputs[150]);
  });
});

/** A part of what `npm run fuzz` does, and other inputs than it: this seed is its own. */
describe('a thousand spoilt inputs', () => {
  it.each(PARSERS.map((each) => [each.name, each] as const))('do no harm to %s', (_name, each) => {
    const { failures } = fuzz(each, 20_261_122, 1_000);
    expect(failures.map(({ input, why, smallest }) => ({ input, why, smallest: smallest.toString('latin1') }))).toEqual(
      [],
    );
  });
});
