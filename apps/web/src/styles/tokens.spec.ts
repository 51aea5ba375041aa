import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TCP_STATES } from '@closewatch/socket-states';

const source = readFileSync(join(__dirname, 'tokens.scss'), 'utf8');

/** The colours of one theme, first definition each: those of the plain theme, not of high contrast. */
function colours(theme: 'light' | 'dark'): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, name = '', light = '', dark = ''] of source.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)) {
    if (!found.has(name)) found.set(name, theme === 'light' ? light : dark);
  }
  return found;
}

/** WCAG 2.2, "contrast ratio" and "relative luminance". */
function contrast(one: string, other: string): number {
  const luminance = (hex: string) => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5]
      .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(['light', 'dark'] as const)('the %s theme', (theme) => {
  const tokens = colours(theme);
  const against = (name: string, surfaces: readonly string[]) =>
    Math.min(...surfaces.map((surface) => contrast(tokens.get(name) ?? '', tokens.get(surface) ?? '')));

  it.each(TCP_STATES)('draws %s with at least 3:1', (state) => {
    expect(against(state, ['surface', 'ground'])).toBeGreaterThanOrEqual(3);
  });

  it.each(['text', 'muted', 'close_wait', 'accent'])('writes in %s with at least 4.5:1', (name) => {
    expect(against(name, ['surface', 'ground'])).toBeGreaterThanOrEqual(4.5);
  });

  it('borders fields with at least 3:1, and writes on the accent with 4.5:1', () => {
    expect(against('line-strong', ['surface'])).toBeGreaterThanOrEqual(3);
    expect(against('on-accent', ['accent'])).toBeGreaterThanOrEqual(4.5);
  });
});
