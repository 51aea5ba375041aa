import { AGED_SECONDS, type ConnectionGroup, type ConnectionGrouping } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';
import {
  groupSubject,
  type StoredSubject,
  SUBJECT_DETAILS_SQL,
  SUBJECT_SQL,
  type SubjectDetails,
} from './group-subjects.ts';

export interface GroupsPage {
  readonly hostId: number;
  readonly netns: number;
  readonly by: ConnectionGrouping;
  /** Milliseconds since the epoch; `now` instead of it: what is open. */
  readonly at: number | 'now';
  /** Ages are told of this instant. */
  readonly now: number;
  /** The last group of the page before: so many connections, and its subject as JSON. */
  readonly after: GroupPlace | undefined;
  readonly limit: number;
}

export type GroupPlace = readonly [count: number, subject: string];

export interface PlacedGroup {
  readonly group: Omit<ConnectionGroup, 'verdict'>;
  readonly place: GroupPlace;
}

interface Stored extends SubjectDetails {
  readonly subject: StoredSubject;
  readonly place: string;
  readonly count: number;
  readonly aged: number;
  readonly oldestAt: Date;
  /** numeric comes as text. */
  readonly recvQueue: string;
}

/** Connections of a host that stand at an instant, in groups: the largest first, those of one size by subject. */
export async function listGroups(sql: Sql, page: GroupsPage): Promise<PlacedGroup[]> {
  const told = `${SUBJECT_SQL[page.by]} AS subject, ${SUBJECT_DETAILS_SQL[page.by]}, opened_before, recv_queue`;
  const open = `SELECT ${told} FROM connection_open WHERE host_id = $1 AND netns_id = $2`;
  const stood = `${open} AND opened_before <= $3::timestamptz
          UNION ALL
         SELECT ${told}
           FROM connection_ended
          WHERE host_id = $1 AND netns_id = $2 AND opened_before <= $3::timestamptz AND ended_at > $3::timestamptz`;
  const at = page.at === 'now' ? page.now : page.at;
  const rows = await sql.query<Stored[]>(
    `SELECT subject, subject::text AS place, max(unit) AS unit, max("containerId") AS "containerId",
            count(*)::integer AS count, min(opened_before) AS "oldestAt", sum(recv_queue) AS "recvQueue",
            (count(*) FILTER (WHERE opened_before <= $3::timestamptz - make_interval(secs => $4)))::integer AS aged
       FROM (${page.at === 'now' ? open : stood}) standing
      GROUP BY subject
     HAVING $5::integer IS NULL OR (-count(*), subject) > (-$5::integer, $6::jsonb)
      ORDER BY count(*) DESC, subject
      LIMIT $7`,
    [
      page.hostId,
      page.netns,
      isoInstant(at),
      AGED_SECONDS,
      page.after?.[0] ?? null,
      page.after?.[1] ?? null,
      page.limit,
    ],
  );
  return rows.map((row) => ({
    group: {
      subject: groupSubject(row.subject, row),
      count: row.count,
      aged: row.aged,
      oldest: {
        openedBefore: isoInstant(row.oldestAt),
        ageSeconds: Math.max(0, at - row.oldestAt.getTime()) / 1_000,
      },
      recvQueueBytes: Number(row.recvQueue),
    },
    place: [row.count, row.place],
  }));
}
