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
  const changes = samples.slice(1);
  const came = changes.filter(({ opened }) => opened > 0);
  const opened = sumOf(came, 'opened');
  const [most = 0, second = 0] = came.map((sample) => sample.opened).sort((a, b) => b - a);
  const first = came[0]?.at ?? at;
  const last = came.at(-1)?.at ?? at;
  const usualGapMs = (last - first) / Math.max(1, came.length - 1);
  return {
    opened,
    ended: sumOf(changes, 'ended'),
    areSpread: came.length >= thresholds.fast.arrivalSamples && most + second <= thresholds.fast.burstShare * opened,
    goOn: came.length > 0 && at - last <= Math.max(STANDSTILL_GAPS * usualGapMs, thresholds.quiet.nothingNewMs / 2),
    overMs: last - first,
  };
}

/** Whether so many more came than left within so long that it is no chance: comings and goings vary by their square root. */
export function moreCame(samples: readonly LeakSample[], at: number, withinMs: number, deviations: number): boolean {
  const recent = samples.slice(1).filter((sample) => sample.at > at - withinMs);
  const opened = sumOf(recent, 'opened');
  const ended = sumOf(recent, 'ended');
  return opened - ended > deviations * Math.sqrt(opened + ended);
}

/** How many left the leaked within so long. */
export function endedWithin(samples: readonly LeakSample[], at: number, withinMs: number): number {
  return sumOf(
    samples.filter((sample) => sample.at > at - withinMs),
    'ended',
  );
}

/** How many more came than left within so long. */
export function newWithin(samples: readonly LeakSample[], at: number, withinMs: number): number {
  const recent = samples.slice(1).filter((sample) => sample.at > at - withinMs);
  return sumOf(recent, 'opened') - sumOf(recent, 'ended');
}

function sumOf(samples: readonly LeakSample[], name: 'opened' | 'ended'): number {
  return samples.reduce((sum, sample) => sum + sample[name], 0);
}
