import { fromLocalInput, instantOf, toLocalInput } from './local-date-time.ts';

describe('the as-of field', () => {
  it('gives back the instant it was filled with, to the second', () => {
    const instant = '2026-11-22T03:04:05.000Z';
    expect(fromLocalInput(toLocalInput(Date.parse(instant)))).toBe(instant);
  });

  it('is empty while it is half filled in', () => {
    expect(fromLocalInput('')).toBeUndefined();
    expect(fromLocalInput('2026-11-')).toBeUndefined();
  });

  it('does not believe everything that stands in the URL', () => {
    expect(instantOf('yesterday')).toBeUndefined();
    expect(instantOf(undefined)).toBeUndefined();
    expect(instantOf('2026-11-22T03:04:05Z')).toBe('2026-11-22T03:04:05.000Z');
  });
});
