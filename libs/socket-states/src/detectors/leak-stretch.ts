import { type LeakSample } from './leak-window.ts';

/** A restart and the drop that it caused are seen so far apart: the agent misses a socket twice before it calls it gone. */
const RESTART_SEEN_MS = 60_000;
/** After a drop that nobody explains it has to rise so far above what was before. */
const PAST_THE_PEAK = 1.2;

/** The samples since the newest process of the service started, and whether what they show is one tooth of a saw. */
export interface LeakStretch {
  readonly samples: readonly LeakSample[];
  /** It has dropped by more than half without a restart. */
  readonly hasDropped: boolean;
  /** And has not risen above where it was before: a sweep, which comes again. */
  readonly isTooth: boolean;
}

export function stretchOf(all: readonly LeakSample[], restartedAt: number | null, dropShare: number): LeakStretch {
  let samples = restartedAt === null ? all : all.filter(({ at }) => at >= restartedAt);
  if (restartedAt !== null) {
    const drops = dropsOf(samples, dropShare).filter(
      (index) => (samples[index]?.at ?? 0) <= restartedAt + RESTART_SEEN_MS,
    );
    samples = samples.slice(drops.at(-1) ?? 0);
  }
  const drop = dropsOf(samples, dropShare).at(-1);
  if (drop === undefined) return { samples, hasDropped: false, isTooth: false };
  const before = samples.slice(0, drop).reduce((highest, { leaked }) => Math.max(highest, leaked), 0);
  return { samples, hasDropped: true, isTooth: (samples.at(-1)?.leaked ?? 0) < before * PAST_THE_PEAK };
}

/** Indexes of the samples at which it fell by more than `dropShare` of the highest since the drop before. */
function dropsOf(samples: readonly LeakSample[], dropShare: number): number[] {
  const drops: number[] = [];
  let highest = 0;
  samples.forEach(({ leaked }, index) => {
    if (leaked < highest * (1 - dropShare)) {
      drops.push(index);
      highest = leaked;
    } else {
      highest = Math.max(highest, leaked);
    }
  });
  return drops;
}
