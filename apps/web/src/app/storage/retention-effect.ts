import { forecastOf, KeepDays, type RetentionItem } from '@closewatch/protocol';

const DAY_MS = 86_400_000;
/** The server waits so long beyond the days that are kept: something may have come just before. */
const GRACE_MS = 3_600_000;

/** What it would do to keep a kind for another number of days. */
export interface RetentionEffect {
  /** Whole days that are dropped at once, and their bytes. */
  readonly droppedDays: number;
  readonly droppedBytes: number;
  /** What the kind comes to in the long run; null while no full day has been measured. */
  readonly forecastBytes: number | null;
}

/** The number of days that a text says; null when it says none that may be set. */
export function daysIn(text: string): number | null {
  const trimmed = text.trim();
  if (!/^\d{1,5}$/.test(trimmed)) return null;
  const days = KeepDays.safeParse(Number(trimmed));
  return days.success ? days.data : null;
}

/** As the server would drop at `now` (milliseconds): parts that are wholly older than what is kept. */
export function retentionEffect(item: RetentionItem, keepDays: number, now: number): RetentionEffect {
  const oldestKept = now - keepDays * DAY_MS - GRACE_MS;
  let droppedDays = 0;
  let droppedBytes = 0;
  for (const { from, until, bytes } of item.parts) {
    if (Date.parse(until) > oldestKept) continue;
    droppedDays += Math.round((Date.parse(until) - Date.parse(from)) / DAY_MS);
    droppedBytes += bytes;
  }
  return { droppedDays, droppedBytes, forecastBytes: forecastOf(item, keepDays) };
}
