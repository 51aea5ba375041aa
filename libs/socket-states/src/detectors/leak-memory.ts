import { type DescriptorSample, type LeakSample, type LeakWindow } from './leak-window.ts';

/** How much a window keeps. */
export const LEAK_MEMORY = { samplesMs: 30 * 60_000, descriptorsMs: 2 * 3_600_000, hours: 25 } as const;

export function emptyLeakWindow(intervalMs: number): LeakWindow {
  return { samples: [], hours: [], descriptors: [], intervalMs };
}

/** The window with a sample more, and without what is too old. Order and repeats do not matter. */
export function remember(window: LeakWindow, sample: LeakSample): LeakWindow {
  return { ...window, samples: [...window.samples, sample] };
}

/** Of the process that holds most descriptors. */
export function rememberDescriptors(window: LeakWindow, sample: DescriptorSample): LeakWindow {
  return { ...window, descriptors: [...window.descriptors, sample] };
}

/** A window is forgotten when all its samples are zeros and no hour has any. */
export function isForgettable(window: LeakWindow): boolean {
  return window.samples.every(({ leaked, young }) => leaked === 0 && young === 0);
}
