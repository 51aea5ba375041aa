import { AGED_SECONDS } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';
import { instantArray, plainArray } from '../ingest/plain-array.ts';
import { IS_HALF_CLOSED, SUBJECT_COLUMNS, SUBJECT_NAMES, type SubjectRow } from './leak-subject.ts';

/** One namespace of a host, and the instants (milliseconds) of its newest snapshot and of the one looked at before. */
export interface AskedNamespace {
  readonly hostId: number;
  readonly netns: number;
  readonly at: number;
  /** Null: it was not looked at before. */
  readonly since: number | null;
}

/** Connections of one leak key that are alike to whoever judges them. */
export interface SocketClass extends SubjectRow {
  readonly hostId: number;
  readonly netns: number;
  readonly pid: number | null;
  /** ISO 8601. */
  readonly startedAt: string | null;
  /** Of those with several owners all pids, as JSON. */
  readonly pids: string | null;
  /** In CLOSE_WAIT for 60 s. */
  readonly aged: boolean;
  /** A half-close that works. */
  readonly sent: boolean;
  readonly count: number;
  /** In CLOSE_WAIT for five minutes. */
  readonly old: number;
  /** Became leaked since the snapshot before. */
  readonly opened: number;
  readonly oldestAt: Date;
  /** When the rest was told, of the one that was told last. */
  readonly valuedAt: Date;
  /** bigint comes as text; the most of them. */
  readonly recvQueue: string;
  readonly sendQueue: string;
  readonly bytesAcked: string | null;
  /** ISO 8601. */
  readonly lastSentAt: string | null;
  readonly timer: string | null;
  readonly retries: number | null;
  readonly queueLength: number | null;
  readonly queueLimit: number | null;
}

const OLD_SECONDS = 300;

/**
 * The CLOSE_WAIT connections of some namespaces as classes: a row for those of a leak key that differ in nothing that a
 * verdict depends on, whatever their number. One pass over the open connections of these hosts.
 */
export async function readSocketClasses(sql: Sql, asked: readonly AskedNamespace[]): Promise<SocketClass[]> {
  if (asked.length === 0) return [];
  return sql.query<SocketClass[]>(
    `SELECT "hostId", netns, ${SUBJECT_NAMES}, pid, "startedAt", pids, aged, sent,
            count(*)::integer AS count,
            (count(*) FILTER (WHERE opened_before <= at - make_interval(secs => $6)))::integer AS old,
            (count(*) FILTER (WHERE aged AND opened_before > since - make_interval(secs => $5)))::integer AS opened,
            min(opened_before) AS "oldestAt", max(last_seen_at) AS "valuedAt",
            max(recv_queue) AS "recvQueue", max(send_queue) AS "sendQueue",
            max((details ->> 'bytesAcked')::bigint) AS "bytesAcked", 
            -- Of the others the earliest: beside the oldest instant of entry a later one would look like a half-close.
            CASE WHEN sent THEN max(details ->> 'lastSentAt') ELSE min(details ->> 'lastSentAt') END AS "lastSentAt",
            timer, max((details #>> '{timer,retries}')::integer) AS retries,
            max((details #>> '{acceptQueue,length}')::bigint)::double precision AS "queueLength",
            max((details #>> '{acceptQueue,limit}')::bigint)::double precision AS "queueLimit"
       FROM (
         SELECT open.host_id AS "hostId", open.netns_id AS netns, ${SUBJECT_COLUMNS},
                (owners -> 0 ->> 'pid')::integer AS pid, owners -> 0 ->> 'startedAt' AS "startedAt",
                CASE WHEN jsonb_array_length(owners) > 1 THEN jsonb_path_query_array(owners, '$[*].pid')::text END AS pids,
                open.opened_before <= asked.at - make_interval(secs => $5) AS aged,
                ${IS_HALF_CLOSED} AS sent,
                least(recv_queue, 2) AS received, send_queue > 0 AS sending, details #>> '{timer,kind}' AS timer,
                opened_before, last_seen_at, recv_queue, send_queue, details, asked.at, asked.since
           FROM unnest($1::integer[], $2::integer[], $3::timestamptz[], $4::timestamptz[])
                AS asked (host_id, netns_id, at, since)
           JOIN connection_open open ON open.host_id = asked.host_id AND open.netns_id = asked.netns_id
       ) socket
      GROUP BY "hostId", netns, ${SUBJECT_NAMES}, pid, "startedAt", pids, aged, sent, received, sending, timer`,
    [
      plainArray(asked.map(({ hostId }) => hostId)),
      plainArray(asked.map(({ netns }) => netns)),
      instantArray(asked.map(({ at }) => at)),
      instantArray(asked.map(({ since }) => since)),
      AGED_SECONDS,
      OLD_SECONDS,
    ],
  );
}
