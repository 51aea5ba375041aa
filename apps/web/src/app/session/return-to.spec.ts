import { HOME, safeReturnTo } from './return-to.ts';

describe('safeReturnTo', () => {
  it.each(['/fleet', '/hosts/1?range=6h&at=2026-11-22T03:04:05.000Z', '/hosts/1#connections'])(
    'goes back to %s',
    (path) => {
      expect(safeReturnTo(path)).toBe(path);
    },
  );

  it.each([
    undefined,
    null,
    '',
    'fleet',
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '\\\\evil.example',
    '/\t/evil.example',
    '/a\\..\\\\evil.example',
    '/..//evil.example',
    '/./..//evil.example/x',
    'javascript:alert(1)',
    '/sign-in?returnTo=/sign-in',
    '/',
  ])('goes home instead of to %j', (path) => {
    expect(safeReturnTo(path)).toBe(HOME);
  });
});
