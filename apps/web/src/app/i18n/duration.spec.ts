import { formatDuration } from './duration.ts';

const units = { day: 'd', hour: 'h', minute: 'm', second: 's' };

describe('formatDuration', () => {
  it.each([
    [0, '0 s'],
    [59.99, '59 s'],
    [60, '1 m 00 s'],
    [125, '2 m 05 s'],
    [3_599, '59 m 59 s'],
    [3_600, '1 h 00 m'],
    [86_399, '23 h 59 m'],
    [86_400, '1 d 00 h'],
    [30 * 86_400 + 7 * 3_600, '30 d 07 h'],
    [-3, '0 s'],
  ])('says %d seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds, units)).toBe(text);
  });
});
