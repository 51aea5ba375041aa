import { type LeakGroup } from '@closewatch/protocol';
import { leakKey } from '@closewatch/socket-states';

/** A rate or a time that differs by less is the same to whoever reads it. */
const NEAR = 0.1;

/**
 * Whether the leaks of a host are as they were, to whoever reads them: that they are older, and that the evidence says the
 * same in other numbers, is no news, or thousands of rows would be told again with each sample.
 */
export function sameLeaks(before: readonly LeakGroup[], after: readonly LeakGroup[]): boolean {
  if (before.length !== after.length) return false;
  return before.every((leak, index) => {
    const now = after[index];
    return now !== undefined && sameLeak(leak, now);
  });
}

function sameLeak(a: LeakGroup, b: LeakGroup): boolean {
  return (
    a.count === b.count &&
    a.leaked === b.leaked &&
    a.orphaned === b.orphaned &&
    a.level === b.level &&
    a.incidentId === b.incidentId &&
    sameVerdict(a.finding, b.finding) &&
    near(a.slopePerHour, b.slopePerHour) &&
    near(a.timeLeftSeconds, b.timeLeftSeconds) &&
    // Readers let it grow by themselves; the words of the verdict name it as well, and should not lag far behind.
    near(a.oldestSeconds, b.oldestSeconds, 0.25) &&
    leakKey(a.subject) === leakKey(b.subject) &&
    a.processes.length === b.processes.length &&
    a.processes.every(
      ({ pid, startedAt }, index) => pid === b.processes[index]?.pid && startedAt === b.processes[index].startedAt,
    )
  );
}

/** The same verdict, about as sure. */
export function sameVerdict(
  a: Pick<LeakGroup['finding'], 'verdict' | 'confidence'> | null,
  b: Pick<LeakGroup['finding'], 'verdict' | 'confidence'> | null,
): boolean {
  if (a === null || b === null) return a === b;
  return a.verdict === b.verdict && Math.round(a.confidence * 10) === Math.round(b.confidence * 10);
}

function near(a: number | null, b: number | null, share = NEAR): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a - b) <= share * Math.max(Math.abs(a), Math.abs(b));
}
