import { forecastOf, type RetentionItem, type RetentionKind } from '@closewatch/protocol';
import { nextPartition } from '../database/partitions.queries.ts';
import { isoInstant } from '../time/clock.ts';
import { KINDS_OF_DATA } from './retention-kinds.ts';
import { type SetRetention, type StoredTable } from './retention.queries.ts';

const DAY_MS = 86_400_000;
/** A week has its working days and its Sunday. */
const MEASURED_DAYS = 7;

interface Part {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
  readonly bytes: number;
  readonly empty: boolean;
}

/** What a kind takes on disk and will take, from the tables that are there. `now`: milliseconds since the epoch. */
export function storedKind(
  kind: RetentionKind,
  set: SetRetention | undefined,
  tables: readonly StoredTable[],
  now: number,
): RetentionItem {
  const { defaultDays, series, standing } = KINDS_OF_DATA[kind];
  const inSeries = tables.filter(({ of }) => of === series);
  const parts = inSeries.flatMap((table) => partOf(table)).sort((a, b) => a.from - b.from);
  const filled = parts.filter(({ empty }) => !empty);
  const standingBytes = sum(tables.filter(({ of }) => standing.includes(of)));
  // What has no series hardly grows.
  const bytesPerDay = series === null ? 0 : measuredPerDay(filled, now);
  const keepDays = set?.keepDays ?? defaultDays;
  const counted = series === null ? tables.filter(({ of }) => of === standing[0]) : inSeries;
  const analysed = counted.filter(({ rows }) => rows >= 0);
  const oldest = filled[0];
  return {
    kind,
    keepDays,
    defaultDays,
    changedAt: set === undefined ? null : isoInstant(set.changedAt),
    bytes: standingBytes + sum(inSeries),
    standingBytes,
    rows: analysed.length === 0 ? null : analysed.reduce((total, { rows }) => total + rows, 0),
    oldest: oldest === undefined ? null : isoInstant(oldest.from),
    bytesPerDay,
    forecastBytes: forecastOf({ standingBytes, bytesPerDay }, keepDays),
    parts: filled.map(({ from, until, bytes }) => ({ from: isoInstant(from), until: isoInstant(until), bytes })),
  };
}

function partOf({ of, name, bytes, heapBytes }: StoredTable): Part[] {
  const [, year, month, day] = /_p(\d{4})(\d{2})(\d{2})$/.exec(name) ?? [];
  if (year === undefined) return [];
  const first = `${year}-${month}-${day}`;
  const until = nextPartition(of as Parameters<typeof nextPartition>[0], first);
  return [{ from: Date.parse(first), until: Date.parse(until), bytes, empty: heapBytes === 0 }];
}

/** Bytes a day of the newest parts that are over; of one that is longer than a day also while it is not over yet. */
function measuredPerDay(filled: readonly Part[], now: number): number | null {
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const over = filled.filter(({ from, until }) => until <= today || (until - from > DAY_MS && from < today)).reverse();
  let bytes = 0;
  let days = 0;
  for (const part of over) {
    if (days >= MEASURED_DAYS) break;
    bytes += part.bytes;
    days += (Math.min(part.until, today) - part.from) / DAY_MS;
  }
  return days === 0 ? null : bytes / days;
}

function sum(tables: readonly StoredTable[]): number {
  return tables.reduce((total, { bytes }) => total + bytes, 0);
}
