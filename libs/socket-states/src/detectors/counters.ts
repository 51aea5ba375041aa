import { type CounterSample } from './samples.ts';

/** How a counter rose within a window: by how much, in how many samples, and when first and last. */
export interface CounterRise {
  readonly increase: number;
  readonly samples: number;
  readonly firstAt: number | null;
  readonly perSecond: number;
}

/** A value below the one before: the counter began anew (a reboot), and its value is what it rose by. */
export function counterRise(samples: readonly CounterSample[], at: number, windowMs: number): CounterRise {
  let increase = 0;
  let rising = 0;
  let firstAt: number | null = null;
  let since: number | null = null;
  samples.forEach((sample, index) => {
    const before = samples[index - 1];
    if (before === undefined || sample.at <= at - windowMs || sample.at > at) return;
    since ??= before.at;
    const by = sample.value >= before.value ? sample.value - before.value : sample.value;
    if (by === 0) return;
    increase += by;
    rising += 1;
    firstAt ??= sample.at;
  });
  const overMs = since === null ? 0 : Math.max(1_000, at - since);
  return { increase, samples: rising, firstAt, perSecond: overMs === 0 ? 0 : increase / (overMs / 1_000) };
}
