import { DEFAULT_THRESHOLDS, type Thresholds } from '@closewatch/socket-states';
import { z } from 'zod';
import { Duration } from './duration-text.ts';

/** Thresholds that somebody has changed, named and shaped as in {@link Thresholds}; what is left out stays as it is. */
export interface Changes {
  readonly [name: string]: Change;
}
type Change = number | Changes | readonly Changes[];

/** What leaked means: samples, statements and pages all count by it, so that no file can change it. */
const FIXED: ReadonlySet<string> = new Set<keyof Thresholds['leak']>(['leakedAfterMs', 'suspectAfterMs']);
const MOST_ROWS = 5;
const GREATEST = 1_000_000_000;

/**
 * How changed thresholds are written in a rules file. Made of the thresholds themselves, so that a new one can be
 * changed from the day it is there: names with underscores, `...Ms` as a duration without that ending.
 */
export const ThresholdChanges = objectOf(DEFAULT_THRESHOLDS, 'some');

/** The same for one group of them. */
export function groupChanges(group: keyof Thresholds): z.ZodType<Changes> {
  return objectOf(DEFAULT_THRESHOLDS[group], 'some');
}

/** Whether a file may change what is called so in the thresholds. */
export function isChangeable(name: string): boolean {
  return !FIXED.has(name);
}

/** The thresholds with the changes put in. A list is replaced as a whole. */
export function changed(thresholds: Thresholds, changes: Changes): Thresholds {
  return merged(thresholds as unknown as Changes, changes) as unknown as Thresholds;
}

/** `nothingNewMs` of the thresholds is `nothing_new` in a file. */
export function nameInFile(name: string): string {
  return name.replace(/Ms$/, '').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** How many values are changed; a list counts as one. */
export function countChanges(changes: Changes): number {
  return Object.values(changes).reduce<number>((sum, change) => sum + (isGroup(change) ? countChanges(change) : 1), 0);
}

function merged(before: Changes, changes: Changes): Changes {
  const result: Record<string, Change> = { ...before };
  for (const [name, change] of Object.entries(changes)) {
    const old = before[name];
    result[name] = isGroup(change) && isGroup(old) ? merged(old, change) : change;
  }
  return result;
}

function isGroup(change: Change | undefined): change is Changes {
  return typeof change === 'object' && !Array.isArray(change);
}

/** `needed`: whether every name must be there, or any may be left out. */
function objectOf(thresholds: object, needed: 'all' | 'some'): z.ZodType<Changes> {
  const shape: Record<string, z.ZodType> = {};
  const nameOf = new Map<string, string>();
  for (const [name, value] of Object.entries(thresholds)) {
    if (!isChangeable(name)) continue;
    const inFile = nameInFile(name);
    const schema = valueOf(name, value);
    shape[inFile] = needed === 'all' ? schema : schema.nullish();
    nameOf.set(inFile, name);
  }
  return z.strictObject(shape).transform((given) => {
    const entries = Object.entries(given as Record<string, Change | null | undefined>);
    return Object.fromEntries(
      entries.flatMap(([inFile, value]) =>
        value === null || value === undefined ? [] : [[nameOf.get(inFile) ?? inFile, value]],
      ),
    );
  });
}

function valueOf(name: string, value: unknown): z.ZodType {
  if (Array.isArray(value)) {
    return z
      .array(objectOf(value[0] as object, 'all'))
      .min(1)
      .max(MOST_ROWS);
  }
  if (typeof value === 'object' && value !== null) return objectOf(value, 'some');
  if (name.endsWith('Ms')) return Duration;
  if (/share$/i.test(name)) {
    return z.number({ error: 'must be a number above 0 and not above 1' }).gt(0).lte(1);
  }
  const number = z.number({ error: 'must be a number above 0' }).gt(0).lte(GREATEST);
  return Number.isInteger(value) && !/[pP]er[A-Z]|deviations|waitToRun/.test(name) ? number.int() : number;
}
