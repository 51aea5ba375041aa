import { type Reason } from '../verdicts/verdict.ts';

/** What Closewatch watches for by itself; `threshold` is a user's own bound on a state. */
export const RULES = [
  'leak',
  'descriptors',
  'system_descriptors',
  'ports',
  'time_wait_overflow',
  'accept_queue',
  'syn_flood',
  'host_starved',
  'host_silent',
  'clock_skew',
  'threshold',
] as const;
export type Rule = (typeof RULES)[number];

/** `suspect` is shown and opens no incident; the other two do. */
export const LEVELS = ['none', 'suspect', 'warning', 'critical'] as const;
export type Level = (typeof LEVELS)[number];

/** Numbers that a detection tells, by names that carry their unit: `leaked`, `slopePerHour`, `timeLeftMs`, `used`, `limit`. */
export type Figures = Readonly<Record<string, number | null>>;

/**
 * What a rule says of one key of a host at one instant. Detectors are pure: the same window and instant give the same
 * detection, live and over history.
 */
export interface Detection {
  readonly rule: Rule;
  /** What it is about, unique and lasting within a host and rule. */
  readonly key: string;
  readonly level: Level;
  /** Well under its trigger, with nothing new: an open incident may begin to clear. */
  readonly quiet: boolean;
  readonly figures: Figures;
  /** The figure that a peak is kept of. */
  readonly leading: string;
  /** When it began, as far as the window tells; milliseconds since the epoch. */
  readonly beganAt: number | null;
  readonly reasons: readonly Reason[];
}

/** What a detector says; whoever calls it knows the rule and the key. */
export type Detected = Omit<Detection, 'rule' | 'key'>;
