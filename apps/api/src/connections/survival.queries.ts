import { type ConnectionGrouping } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';
import { type StoredSubject, SUBJECT_DETAILS_SQL, SUBJECT_SQL, type SubjectDetails } from './group-subjects.ts';

/** Times in milliseconds since the epoch; `steps` ascending, the last one is how far is looked. */
export interface Cohort {
  readonly hostId: number;
  readonly netns: number;
  readonly from: number;
  readonly to: number;
  readonly steps: readonly number[];
  readonly groupBy: ConnectionGrouping | undefined;
  /** At most so many groups, the largest. */
  readonly groups: number;
}

/** A part of the cohort. `rank`: 1 for the largest group and so on; 0: all groups that are not listed; null: everything. */
export interface CohortPart extends SubjectDetails {
  readonly rank: number | null;
  /** Null where it is not one group. */
  readonly subject: StoredSubject | null;
  readonly entered: number;
  /** Seconds; null as long as fewer than half have ended. */
  readonly medianLifetime: number | null;
  /** How many ended after so many steps (0: before the first, steps.length: none saw them end). */
  readonly ends: readonly (readonly [survivedSteps: number, count: number])[];
}

/**
 * Those that entered from `from` to `to`, as a whole and by group, with the steps at which they were still there. An end at
 * a step itself comes before it, as in the list at an instant. What ended before `from` cannot have entered later: so the
 * days before are not looked at. A lifetime that goes on is infinite; the discrete median is one of those that ended, or that.
 */
export async function cohortParts(sql: Sql, cohort: Cohort): Promise<CohortPart[]> {
  const { groupBy } = cohort;
  const subject =
    groupBy === undefined
      ? `NULL::jsonb AS subject, NULL::text AS unit, NULL::text AS "containerId"`
      : `${SUBJECT_SQL[groupBy]} AS subject, ${SUBJECT_DETAILS_SQL[groupBy]}`;
  const entered =
    'host_id = $1 AND netns_id = $2 AND opened_before >= $3::timestamptz AND opened_before < $4::timestamptz';
  return sql.query<CohortPart[]>(
    `WITH cohort AS MATERIALIZED (
       SELECT ${subject}, opened_before, NULL::timestamptz AS ended_at FROM connection_open WHERE ${entered}
        UNION ALL
       SELECT ${subject}, opened_before, ended_at FROM connection_ended WHERE ${entered} AND ended_at >= $3::timestamptz
     ), ranked AS (
       SELECT subject, row_number() OVER (ORDER BY count(*) DESC, subject)::integer AS position
         FROM cohort WHERE subject IS NOT NULL GROUP BY subject
     ), member AS MATERIALIZED (
       SELECT CASE WHEN position <= $6 THEN position WHEN position IS NOT NULL THEN 0 END AS rank,
              CASE WHEN position <= $6 THEN cohort.subject END AS subject,
              CASE WHEN position <= $6 THEN unit END AS unit, CASE WHEN position <= $6 THEN "containerId" END AS "containerId",
              CASE WHEN ended_at <= $7::timestamptz THEN extract(epoch FROM ended_at - opened_before)::double precision
                   ELSE 'Infinity' END AS lifetime,
              -- It stood at the steps before its end.
              coalesce(width_bucket(ended_at - interval '1 microsecond', $5::timestamptz[]), cardinality($5::timestamptz[]))
                AS steps
         FROM cohort LEFT JOIN ranked USING (subject)
     ), part AS (
       SELECT rank, GROUPING(rank) = 1 AS everything, max(unit) AS unit, max("containerId") AS "containerId",
              count(*)::integer AS entered,
              percentile_disc(0.5) WITHIN GROUP (ORDER BY lifetime) AS median
         FROM member GROUP BY GROUPING SETS ((rank), ())
     ), ending AS (
       SELECT rank, GROUPING(rank) = 1 AS everything, steps, count(*) AS count
         FROM member GROUP BY GROUPING SETS ((rank, steps), (steps))
     ), named AS (
       SELECT DISTINCT rank, subject FROM member WHERE rank > 0
     )
     SELECT part.rank, named.subject, part.unit, part."containerId", part.entered,
            nullif(part.median, 'Infinity') AS "medianLifetime",
            (SELECT coalesce(jsonb_agg(jsonb_build_array(ending.steps, ending.count)), '[]')
               FROM ending
              WHERE ending.everything = part.everything AND ending.rank IS NOT DISTINCT FROM part.rank) AS ends
       FROM part LEFT JOIN named ON named.rank = part.rank
      WHERE part.everything OR part.rank IS NOT NULL
      ORDER BY part.everything DESC, part.rank = 0, part.rank`,
    [
      cohort.hostId,
      cohort.netns,
      isoInstant(cohort.from),
      isoInstant(cohort.to),
      cohort.steps.map(isoInstant),
      cohort.groups,
      isoInstant(cohort.steps.at(-1) ?? cohort.to),
    ],
  );
}
