import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { namePattern } from './name-pattern.ts';

/** A name on which patterns of letters and digits try longest before they fail. */
const STUBBORN = `${'a'.repeat(250)}!`;

describe('namePattern', () => {
  it.each([
    ['web-*', 'web-01', true],
    ['web-*', 'db-web-01', false],
    ['*-web-??', 'shop-web-01', true],
    ['*-web-??', 'shop-web-001', false],
    ['*', '', true],
    ['a.b', 'axb', false],
    ['/(checkout|cart)-\\d+/', 'cart-12', true],
    ['/(checkout|cart)-\\d+/', 'my-cart-12', false],
    ['/web/', 'WEB', false],
    ['/web/i', 'WEB', true],
    ['/数据.*/', '数据库', true],
    ['/web-?\\d?\\d?|db-?(eu|us|ap)?/', 'db-eu', true],
    ['/(web|db|cache)-(eu|us|ap)-(prod|test)-\\d+?/', 'db-ap-test-12', true],
    ['/(web|db)-.*-.*-\\d+/', 'db-ap-test-12', true],
  ])('%s on the name %s: %s', (text, name, expected) => {
    expect(namePattern(text).matches(name)).toBe(expected);
  });

  it.each([
    ['/(a+)+/', 'repeats what repeats'],
    ['/(a*)*b/', 'repeats what repeats'],
    ['/(.*a){20}/', 'repeats what repeats'],
    ['/(a?){30}a{30}/', 'repeats what repeats'],
    ['/(a|a)*/', 'repeats a choice'],
    ['/(\\w|\\d)+/', 'repeats a choice'],
    ['/((a|aa))+/', 'repeats a choice'],
    ['/(?:x(a|aa)y)*/', 'repeats a choice'],
    ['/a*a*a*a*b/', 'more than 3 repetitions'],
    ['/.*.*.*.*/', 'more than 3 repetitions'],
    [`/${'(a|a)'.repeat(22)}/`, 'more than 4096 ways'],
    [`/${'a?'.repeat(20)}/`, 'more than 4096 ways'],
    [`/${'(a|aa)?'.repeat(8)}b/`, 'more than 4096 ways'],
    [`/${'(?:a|(a|a))'.repeat(9)}b/`, 'more than 4096 ways'],
    [`/${'}?'.repeat(20)}b/`, 'more than 4096 ways'],
    [`/.*.*${'a?'.repeat(12)}b/`, 'more than 256 ways'],
    ['/a*a*a*(a|a)(a|a)a?a?b/', 'more than 8 ways'],
    ['/(.*)\\1/', 'refers back'],
    ['/(?<n>.*)\\k<n>/', 'refers back'],
    ['/(/', 'no regular expression'],
    ['/a/g', 'flags g'],
    ['//', 'is empty'],
    ['', 'is empty'],
    ['x'.repeat(257), 'longer than 256'],
  ])('refuses %s: %s', (text, reason) => {
    expect(() => namePattern(text)).toThrow(reason);
  });

  it('answers soon on any name, whatever pattern it takes', () => {
    const pieces = [
      'a',
      '\\w',
      '.',
      '[a-z]',
      '(a)',
      '(a|b)',
      '(a|a)',
      'a?',
      '*',
      '+',
      '{2,9}',
      '?',
      '|',
      '(',
      ')',
      '^',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 24 }), (pieces) => {
        let pattern;
        try {
          pattern = namePattern(`/${pieces.join('')}/`);
        } catch {
          return;
        }
        const started = performance.now();
        pattern.matches(STUBBORN);
        expect(performance.now() - started).toBeLessThan(1_000);
      }),
      { numRuns: 3_000 },
    );
  });

  it('takes stars in any number', () => {
    const started = performance.now();
    expect(namePattern(`${'*a'.repeat(120)}b`).matches(STUBBORN)).toBe(false);
    expect(performance.now() - started).toBeLessThan(100);
  });

  it('agrees with the expression that a glob stands for', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 12 });
    const globs = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(globs, letters, (glob, name) => {
        const expression = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        expect(namePattern(glob).matches(name)).toBe(expression.test(name));
      }),
    );
  });
});
