import { AGED_SECONDS } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';
import { IS_HALF_CLOSED, SUBJECT_COLUMNS, SUBJECT_NAMES, type SubjectRow } from './leak-subject.ts';

/** Of one namespace of a host; milliseconds since the epoch. */
export interface LeakHistoryRange {
  readonly hostId: number;
  readonly netns: number;
  readonly from: number;
  /** Newest snapshot. */
  readonly to: number;
  /** From here on each snapshot counts, before it each minute. */
  readonly recentFrom: number;
  /** What opened or ended within one such time is not told apart, milliseconds. */
  readonly stepMs: number;
}

/** Connections of one leak key that entered CLOSE_WAIT in the same step and ended in the same step. */
export interface LeakedLifetimes extends SubjectRow {
  readonly openedAt: Date;
  /** Null: they have not ended. */
  readonly endedAt: Date | null;
  /** Their socket left the tables while a descriptor stayed open: the leak goes on. */
  readonly orphaned: boolean;
  readonly count: number;
}

/**
 * Lifetimes of what was leaked in a range: in CLOSE_WAIT for 60 s, and no half-close. Those that ended since
 * `from` are found by the partitions of their days.
 */
export async function readLeakedLifetimes(sql: Sql, range: LeakHistoryRange): Promise<LeakedLifetimes[]> {
  const told = (ended: string, endedAs: string) => `
         SELECT ${SUBJECT_COLUMNS}, opened_before, ${ended} AS ended_at, ${endedAs} AS ended_as,
                ${IS_HALF_CLOSED} AS sent`;
  const step = (instant: string) =>
    `date_bin(make_interval(secs => CASE WHEN ${instant} >= $7::timestamptz THEN $6 ELSE 60 END), ${instant}, 'epoch')`;
  return sql.query<LeakedLifetimes[]>(
    `SELECT ${SUBJECT_NAMES}, min(opened_before) AS "openedAt", max(ended_at) AS "endedAt",
            coalesce(ended_as = 'orphaned', false) AS orphaned, count(*)::integer AS count
       FROM (
         ${told('NULL::timestamptz', 'NULL::text')}
           FROM connection_open
          WHERE host_id = $1 AND netns_id = $2 AND opened_before <= $4::timestamptz - make_interval(secs => $5)
          UNION ALL
         ${told('ended_at', 'ended_as')}
           FROM connection_ended
          WHERE host_id = $1 AND netns_id = $2 AND ended_at > $3::timestamptz
            AND opened_before <= ended_at - make_interval(secs => $5)
       ) lifetime
      WHERE NOT sent
      GROUP BY ${SUBJECT_NAMES}, ended_as, ${step('opened_before')}, ${step('ended_at')}`,
    [
      range.hostId,
      range.netns,
      isoInstant(range.from),
      isoInstant(range.to),
      AGED_SECONDS,
      Math.max(1, range.stepMs / 1_000),
      isoInstant(range.recentFrom),
    ],
  );
}

/** Hours in which something was sampled, and the instants of the newest snapshots; milliseconds since the epoch. */
export interface SampledTimes {
  readonly hours: readonly number[];
  readonly instants: readonly number[];
}

/**
 * When a namespace was sampled: the hours since `from`, and each snapshot since `recentFrom`. Rows of a packed hour lie
 * where they were until their day goes; packs tell the hours of the others.
 */
export async function readSampledTimes(
  sql: Sql,
  { hostId, netns, from, recentFrom, to }: LeakHistoryRange,
): Promise<SampledTimes> {
  const rows = await sql.query<{ hour: Date | null; at: Date | null }[]>(
    `SELECT hour, NULL::timestamptz AS at
       FROM snapshot_pack WHERE host_id = $1 AND netns_id = $2 AND hour >= date_trunc('hour', $3::timestamptz) AND hour <= $5
      UNION
     SELECT date_trunc('hour', taken_at), NULL
       FROM snapshot WHERE host_id = $1 AND netns_id = $2 AND taken_at >= $3 AND taken_at <= $5
      UNION ALL
     SELECT NULL, taken_at
       FROM snapshot WHERE host_id = $1 AND netns_id = $2 AND taken_at >= $4 AND taken_at <= $5
      ORDER BY 1, 2`,
    [hostId, netns, isoInstant(from), isoInstant(recentFrom), isoInstant(to)],
  );
  return {
    hours: rows.flatMap(({ hour }) => (hour === null ? [] : [hour.getTime()])),
    instants: rows.flatMap(({ at }) => (at === null ? [] : [at.getTime()])),
  };
}
