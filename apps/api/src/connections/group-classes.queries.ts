import { type Connection, type ConnectionGrouping } from '@closewatch/protocol';
import { type ObservedSocket } from '@closewatch/socket-states';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';
import { SUBJECT_SQL } from './group-subjects.ts';

export interface ClassesPage {
  readonly hostId: number;
  readonly netns: number;
  readonly by: ConnectionGrouping;
  /** Milliseconds since the epoch; `now` instead of it: what is open. */
  readonly at: number | 'now';
  readonly now: number;
  /** Of these groups, as Postgres writes their subjects. */
  readonly subjects: readonly string[];
}

interface Row {
  readonly subject: string;
  readonly direction: Connection['direction'];
  readonly ownership: Connection['ownership'];
  readonly pid: number | null;
  readonly startedAt: string | null;
  /** Of those with several owners all pids, as JSON. */
  readonly pids: string | null;
  readonly count: number;
  readonly oldestAt: Date;
  readonly valuedAt: Date;
  /** bigint comes as text. */
  readonly recvQueue: string;
  readonly sendQueue: string;
  readonly bytesAcked: string | null;
  readonly lastSentAt: string | null;
  readonly timer: string | null;
  readonly retries: number | null;
  readonly queueLength: number | null;
  readonly queueLimit: number | null;
}

const LATELY_SECONDS = 60;

/**
 * The connections of some groups as classes: one for those of a group that differ in nothing that a verdict depends on,
 * whatever their number.
 */
export async function readGroupClasses(sql: Sql, page: ClassesPage): Promise<Map<string, ObservedSocket[]>> {
  const told = `${SUBJECT_SQL[page.by]} AS subject, direction, ownership, owners, opened_before, last_seen_at,
                recv_queue, send_queue, details`;
  const open = `SELECT ${told} FROM connection_open WHERE host_id = $1 AND netns_id = $2`;
  const stood = `${open} AND opened_before <= $3::timestamptz
          UNION ALL
         SELECT ${told}
           FROM connection_ended
          WHERE host_id = $1 AND netns_id = $2 AND opened_before <= $3::timestamptz AND ended_at > $3::timestamptz`;
  const rows = await sql.query<Row[]>(
    `SELECT subject::text AS subject, direction, ownership, pid, "startedAt", pids,
            count(*)::integer AS count, min(opened_before) AS "oldestAt", max(last_seen_at) AS "valuedAt",
            max(recv_queue) AS "recvQueue", max(send_queue) AS "sendQueue",
            max((details ->> 'bytesAcked')::bigint) AS "bytesAcked", max(details ->> 'lastSentAt') AS "lastSentAt",
            timer, max((details #>> '{timer,retries}')::integer) AS retries,
            max((details #>> '{acceptQueue,length}')::bigint)::double precision AS "queueLength",
            max((details #>> '{acceptQueue,limit}')::bigint)::double precision AS "queueLimit"
       FROM (SELECT *, (owners -> 0 ->> 'pid')::integer AS pid, owners -> 0 ->> 'startedAt' AS "startedAt",
                    CASE WHEN jsonb_array_length(owners) > 1
                         THEN jsonb_path_query_array(owners, '$[*].pid')::text END AS pids,
                    opened_before <= $3::timestamptz - make_interval(secs => $4) AS aged,
                    coalesce((details ->> 'lastSentAt')::timestamptz > last_seen_at - make_interval(secs => $4), false)
                      AS sent,
                    least(recv_queue, 2) AS received, send_queue > 0 AS sending, details #>> '{timer,kind}' AS timer
               FROM (${page.at === 'now' ? open : stood}) standing
              WHERE subject = ANY($5::jsonb[])) socket
      GROUP BY subject, direction, ownership, pid, "startedAt", pids, aged, sent, received, sending, timer`,
    [page.hostId, page.netns, isoInstant(page.at === 'now' ? page.now : page.at), LATELY_SECONDS, page.subjects],
  );
  const classes = new Map<string, ObservedSocket[]>();
  for (const row of rows) {
    const ofGroup = classes.get(row.subject);
    if (ofGroup === undefined) classes.set(row.subject, [observed(row)]);
    else ofGroup.push(observed(row));
  }
  return classes;
}

function observed(row: Row): ObservedSocket {
  const pids = row.pids === null ? (row.pid === null ? [] : [row.pid]) : (JSON.parse(row.pids) as number[]);
  return {
    direction: row.direction,
    openedBefore: isoInstant(row.oldestAt),
    valuedAt: isoInstant(row.valuedAt),
    recvQueue: Number(row.recvQueue),
    sendQueue: Number(row.sendQueue),
    bytesAcked: row.bytesAcked === null ? null : Number(row.bytesAcked),
    lastSentAt: row.lastSentAt,
    timer: row.timer === null ? null : { kind: row.timer, retries: row.retries ?? 0 },
    acceptQueue: row.queueLength === null ? null : { length: row.queueLength, limit: row.queueLimit },
    ownership: row.ownership,
    owners: pids.map((pid) => ({ pid, startedAt: pid === row.pid ? row.startedAt : null })),
    count: row.count,
  };
}
