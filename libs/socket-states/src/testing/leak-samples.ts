import { type LeakSample } from '../detectors/leak-window.ts';
import { type LeakThresholds } from '../detectors/thresholds.ts';
import { type Lifetime } from './lifetimes.ts';

/** A sample, and how many are in CLOSE_WAIT in all. */
export interface SampledLeak {
  readonly sample: LeakSample;
  readonly alive: number;
}

/** What the agent and the server would have seen of such connections at each instant. Instants ascend. */
export function* leakSamples(
  lifetimes: readonly Lifetime[],
  instants: Iterable<number>,
  { leakedAfterMs, suspectAfterMs }: Pick<LeakThresholds, 'leakedAfterMs' | 'suspectAfterMs'>,
): Generator<SampledLeak> {
  const waiting = lifetimes.toSorted((a, b) => a.from - b.from);
  let next = 0;
  let alive: Lifetime[] = [];
  let before = -Infinity;
  for (const at of instants) {
    const wasLeaked = ({ from }: Lifetime): boolean => before - from >= leakedAfterMs;
    const ended = alive.filter((lifetime) => lifetime.to <= at && wasLeaked(lifetime)).length;
    alive = alive.filter(({ to }) => to > at);
    for (let lifetime = waiting[next]; lifetime !== undefined && lifetime.from <= at; lifetime = waiting[++next]) {
      if (lifetime.to > at) alive.push(lifetime);
    }
    const leaked = alive.filter(({ from }) => at - from >= leakedAfterMs);
    yield {
      sample: {
        at,
        leaked: leaked.length,
        old: alive.filter(({ from }) => at - from >= suspectAfterMs).length,
        opened: leaked.filter((lifetime) => !wasLeaked(lifetime)).length,
        ended,
        oldestMs: leaked.reduce((oldest, { from }) => Math.max(oldest, at - from), 0),
        young: alive.length - leaked.length,
      },
      alive: alive.length,
    };
    before = at;
  }
}
