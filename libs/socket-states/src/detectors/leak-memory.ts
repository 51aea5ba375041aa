import { type DescriptorSample, type HourlyMinimum, type LeakSample, type LeakWindow } from './leak-window.ts';

const HOUR_MS = 3_600_000;

/** How much a window keeps. A host that samples slowly gets `intervals` of its intervals. */
export const LEAK_MEMORY = { samplesMs: 30 * 60_000, intervals: 24, descriptorsMs: 2 * HOUR_MS, hours: 25 } as const;

export function emptyLeakWindow(intervalMs: number): LeakWindow {
  return { samples: [], hours: [], descriptors: [], intervalMs };
}

/**
 * The window with a sample more, and without what is too old for the newest. Order and repeats do not matter: of two
 * samples of one instant the first stands.
 */
export function remember(window: LeakWindow, sample: LeakSample): LeakWindow {
  const samples = inserted(window.samples, sample);
  if (samples === window.samples) return window;
  const newest = samples.at(-1)?.at ?? sample.at;
  const keptMs = Math.max(LEAK_MEMORY.samplesMs, LEAK_MEMORY.intervals * window.intervalMs);
  return {
    ...window,
    samples: keptSince(samples, newest - keptMs),
    hours: withMinimum(window.hours, sample, newest),
  };
}

/** Of the process that holds most of them. */
export function rememberDescriptors(window: LeakWindow, sample: DescriptorSample): LeakWindow {
  const descriptors = inserted(window.descriptors, sample);
  const newest = descriptors.at(-1)?.at ?? sample.at;
  return { ...window, descriptors: keptSince(descriptors, newest - LEAK_MEMORY.descriptorsMs) };
}

/**
 * Nothing is in it that a detector could speak of: it may be dropped, and begun again with a zero. What is young may close
 * in time; what comes of it is told when it has leaked.
 */
export function isForgettable({ samples, hours }: LeakWindow): boolean {
  return (
    samples.every(({ leaked, opened }) => leaked === 0 && opened === 0) &&
    hours.every(({ least }) => (least ?? 0) === 0)
  );
}

function inserted<Sample extends { readonly at: number }>(
  samples: readonly Sample[],
  sample: Sample,
): readonly Sample[] {
  const newest = samples.at(-1);
  if (newest === undefined || sample.at > newest.at) return [...samples, sample];
  const place = samples.findLastIndex(({ at }) => at <= sample.at);
  return samples[place]?.at === sample.at ? samples : samples.toSpliced(place + 1, 0, sample);
}

function keptSince<Sample extends { readonly at: number }>(
  samples: readonly Sample[],
  since: number,
): readonly Sample[] {
  const first = samples.findIndex(({ at }) => at >= since);
  return first === 0 ? samples : samples.slice(first);
}

function withMinimum(hours: readonly HourlyMinimum[], { at, leaked }: LeakSample, newest: number): HourlyMinimum[] {
  const hour = at - (at % HOUR_MS);
  const place = hours.findLastIndex((each) => each.hour <= hour);
  const there = hours[place]?.hour === hour ? hours[place] : undefined;
  const minimum = { hour, least: Math.min(there?.least ?? Infinity, leaked) };
  return hours
    .toSpliced(there === undefined ? place + 1 : place, there === undefined ? 0 : 1, minimum)
    .filter((each) => each.hour > newest - LEAK_MEMORY.hours * HOUR_MS);
}
