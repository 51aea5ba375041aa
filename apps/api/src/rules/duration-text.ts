import { z } from 'zod';

const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const SHORTEST_MS = 1_000;
const LONGEST_MS = 31 * UNITS_MS.d;
const SHAPE = /^(?:\d{1,9}(?:ms|s|m|h|d))+$/;
const PART = /(\d+)(ms|s|m|h|d)/g;

/** A duration as people write it, `90s`, `5m`, `1h30m`, `2d`; milliseconds come out. From a second to 31 days. */
export const Duration = z
  .string({ error: 'must be a duration with its unit, such as 90s, 5m, 12h or 2d' })
  .regex(SHAPE, { error: 'must be a duration above zero with its unit, such as 90s, 5m, 12h or 2d', abort: true })
  .transform(millisecondsOf)
  .refine((ms) => ms >= SHORTEST_MS && ms <= LONGEST_MS, { error: 'must be from 1s to 31d' });

/** The shortest text of a duration in milliseconds: 5400000 is `1h30m`. */
export function durationText(ms: number): string {
  let left = ms;
  const parts = (['d', 'h', 'm', 's', 'ms'] as const).map((unit) => {
    const amount = Math.floor(left / UNITS_MS[unit]);
    left -= amount * UNITS_MS[unit];
    return amount === 0 ? '' : `${amount}${unit}`;
  });
  return parts.join('') || '0s';
}

function millisecondsOf(text: string): number {
  return [...text.matchAll(PART)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS],
    0,
  );
}
