import { type LeakSample } from './leak-window.ts';
import { type LeakThresholds } from './thresholds.ts';

/** What came into the leaked of a key, and what left them, over the samples that count. */
export interface Arrivals {
  readonly opened: number;
  readonly ended: number;
  /** In enough different samples, and no burst. */
  readonly areSpread: boolean;
  /** They have not stopped, as far as their usual gap tells. */
  readonly goOn: boolean;
  /** From the first to the last of them. */
  readonly overMs: number;
}

/** How many gaps without an arrival are still no standstill. */
const STANDSTILL_GAPS = 3;

/** The first sample is a state of things, not an arrival: nothing is known from before it. */
export function arrivalsOf(samples: readonly LeakSample[], at: number, thresholds: LeakThresholds): Arrivals {
  let opened = 0;
  let ended = 0;
  let times = 0;
  let most = 0;
  let second = 0;
  let first = at;
  let last = at;
  for (let index = 1; index < samples.length; index++) {
    const sample = samples[index];
    if (sample === undefined) continue;
    ended += sample.ended;
    if (sample.opened === 0) continue;
    if (times++ === 0) first = sample.at;
    last = sample.at;
    opened += sample.opened;
    second = Math.max(second, Math.min(most, sample.opened));
    most = Math.max(most, sample.opened);
  }
  const { fast, quiet } = thresholds;
  const usualGapMs = (last - first) / Math.max(1, times - 1);
  return {
    opened,
    ended,
    areSpread: times >= fast.arrivalSamples && most + second <= fast.burstShare * opened,
    goOn: times > 0 && at - last <= Math.max(STANDSTILL_GAPS * usualGapMs, quiet.nothingNewMs / 2),
    overMs: last - first,
  };
}

/** Whether so many more came than left within so long that it is no chance: comings and goings vary by their square root. */
export function moreCame(samples: readonly LeakSample[], at: number, withinMs: number, deviations: number): boolean {
  const { opened, ended } = passageWithin(samples, at, withinMs);
  return opened - ended > deviations * Math.sqrt(opened + ended);
}

/** How many left the leaked within so long. */
export function endedWithin(samples: readonly LeakSample[], at: number, withinMs: number): number {
  return passageWithin(samples, at, withinMs).ended;
}

/** How many more came than left within so long. */
export function newWithin(samples: readonly LeakSample[], at: number, withinMs: number): number {
  const { opened, ended } = passageWithin(samples, at, withinMs);
  return opened - ended;
}

function passageWithin(
  samples: readonly LeakSample[],
  at: number,
  withinMs: number,
): Pick<Arrivals, 'opened' | 'ended'> {
  let opened = 0;
  let ended = 0;
  for (let index = samples.length - 1; index > 0; index--) {
    const sample = samples[index];
    if (sample === undefined || sample.at <= at - withinMs) break;
    opened += sample.opened;
    ended += sample.ended;
  }
  return { opened, ended };
}
