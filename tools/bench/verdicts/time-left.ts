import { type Observation } from './observation.ts';

/** Nearer to the end a sample's age of five seconds is a large part of what is left. */
const LEAST_LEFT_MS = 30_000;

/** How far the forecasts were off, each as a share of what was left then; by a program whose descriptors did run out. */
export function forecastErrors({ looks, ranOutAt }: Pick<Observation, 'looks' | 'ranOutAt'>): number[] {
  if (ranOutAt === null) return [];
  return looks.flatMap(({ at, timeLeftMs }) => {
    const leftMs = ranOutAt - at;
    return timeLeftMs === null || leftMs < LEAST_LEFT_MS ? [] : [Math.abs(timeLeftMs - leftMs) / leftMs];
  });
}
