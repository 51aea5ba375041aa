import { mix, unit } from './random.ts';
import { amountBy, instantOf, type Wave } from './wave.ts';

/** Events one after the other, each with a number for ever; when they happen follows a wave, with chance in it. */
export interface Flow {
  readonly wave: Wave;
  readonly key: number;
}

/** How many have happened by then: those with numbers below. */
export function happenedBy({ wave, key }: Flow, atMs: number): number {
  const amount = amountBy(wave, atMs);
  const whole = Math.floor(amount);
  return whole + (unit(key, whole) <= amount - whole ? 1 : 0);
}

/** When the event of this number happened, whole milliseconds. */
export function happenedAt({ wave, key }: Flow, number: number): number {
  return Math.floor(instantOf(wave, number + unit(key, number)));
}

/**
 * A schedule: something happens once in each period, at an instant that nobody would call regular. Returns the number
 * of the last one before `atMs`, and when it was.
 */
export function lastOf({ key, periodMs }: Schedule, atMs: number): { readonly number: number; readonly atMs: number } {
  const number = Math.floor(atMs / periodMs);
  const here = instantIn({ key, periodMs }, number);
  return here <= atMs ? { number, atMs: here } : { number: number - 1, atMs: instantIn({ key, periodMs }, number - 1) };
}

export interface Schedule {
  readonly key: number;
  readonly periodMs: number;
}

/** When it happens in the period of this number. */
export function instantIn({ key, periodMs }: Schedule, number: number): number {
  // The same part of each period, give or take a fifth of one.
  const place = 0.4 * unit(key, 0) + 0.3 * unit(mix(key, 1), number);
  return Math.floor((number + place) * periodMs);
}
