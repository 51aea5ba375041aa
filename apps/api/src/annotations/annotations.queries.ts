import { type Annotation } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';
import { restartMark, type ServiceRestarted } from './restart-mark.ts';

/** A host that marks are about. */
export interface MarkedHost {
  readonly hostId: number;
  /** That of its agent. */
  readonly id: string;
  readonly hostname: string;
  readonly labels: Record<string, string>;
}

/** Where a mark stands: newest first, those of one instant in any order that stays. */
export type MarkPlace = readonly [happenedAt: string, markId: string, hostId: number];

export interface PlacedMark {
  readonly mark: Annotation;
  /** Undefined: it is about all hosts. */
  readonly host: MarkedHost | undefined;
  readonly place: MarkPlace;
}

export interface MarkRange {
  /** Only what concerns these; null: any. */
  readonly hostIds: readonly number[] | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly after: MarkPlace | undefined;
  readonly limit: number;
}

/** Hosts of this id or of this name. */
export async function hostsCalled(sql: Sql, idOrName: string): Promise<MarkedHost[]> {
  return sql.query<MarkedHost[]>(
    `SELECT host_id AS "hostId", agent_id AS id, hostname, labels
       FROM host
      WHERE agent_id::text = lower($1) OR hostname = $1
      ORDER BY host_id`,
    [idOrName],
  );
}

/** `hostId` null: it is about all hosts. */
export async function insertAnnotation(
  sql: Sql,
  hostId: number | null,
  mark: Omit<Annotation, 'hostId' | 'hostname'>,
): Promise<void> {
  await sql.query(
    `INSERT INTO annotation (annotation_id, happened_at, kind, host_id, service, text, link, source, author)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [mark.id, mark.at, mark.kind, hostId, mark.service, mark.text, mark.link, mark.source, mark.author],
  );
}

/** What somebody told: about which host, undefined: all. */
export async function findAnnotation(sql: Sql, id: string): Promise<{ host: MarkedHost | undefined } | undefined> {
  const [row] = await sql.query<{ host: MarkedHost | null }[]>(
    `SELECT CASE WHEN host.host_id IS NOT NULL
                 THEN jsonb_build_object('hostId', host.host_id, 'id', agent_id, 'hostname', hostname, 'labels', labels)
             END AS host
       FROM annotation
       LEFT JOIN host USING (host_id)
      WHERE annotation_id = $1`,
    [id],
  );
  return row === undefined ? undefined : { host: row.host ?? undefined };
}

export async function deleteAnnotation(sql: Sql, id: string): Promise<void> {
  await sql.query('DELETE FROM annotation WHERE annotation_id = $1', [id]);
}

interface Row extends Omit<Annotation, 'at' | 'hostId' | 'hostname'> {
  readonly happenedAt: Date;
  readonly hostId: number | null;
  readonly agentId: string | null;
  readonly hostname: string | null;
  readonly labels: Record<string, string> | null;
  readonly restart: ServiceRestarted | null;
}

/** Each half is cut before both are merged, so that no more of either is read than may be shown. */
const LIST = `
  SELECT marks.*, host.agent_id AS "agentId", host.hostname, host.labels
    FROM ((SELECT annotation_id::text AS id, happened_at AS "happenedAt", kind, host_id AS "hostId", service, text, link,
                  source, author, NULL::jsonb AS restart
             FROM annotation
            WHERE ($1::integer[] IS NULL OR host_id IS NULL OR host_id = ANY ($1::integer[]))
              AND happened_at BETWEEN coalesce($2::timestamptz, '-infinity') AND coalesce($3::timestamptz, 'infinity')
              AND ($4::timestamptz IS NULL
                   OR (happened_at, annotation_id::text, coalesce(host_id, 0)) < ($4::timestamptz, $5::text, $6::integer))
            ORDER BY happened_at DESC, annotation_id::text DESC
            LIMIT $7)
           UNION ALL
          (SELECT digest::text, happened_at, kind, host_id, NULL, '', NULL, 'agent', NULL, content
             FROM agent_event
            WHERE kind = 'service_restarted'
              AND ($1::integer[] IS NULL OR host_id = ANY ($1::integer[]))
              AND happened_at BETWEEN coalesce($2::timestamptz, '-infinity') AND coalesce($3::timestamptz, 'infinity')
              AND ($4::timestamptz IS NULL
                   OR (happened_at, digest::text, host_id) < ($4::timestamptz, $5::text, $6::integer))
            ORDER BY happened_at DESC, digest::text DESC, host_id DESC
            LIMIT $7)) marks
    LEFT JOIN host ON host.host_id = marks."hostId"
   ORDER BY "happenedAt" DESC, id DESC, coalesce("hostId", 0) DESC
   LIMIT $7`;

/** Change marks, the newest first: what people and scripts said, and restarts that agents saw. */
export async function listMarks(sql: Sql, { hostIds, from, to, after, limit }: MarkRange): Promise<PlacedMark[]> {
  const rows = await sql.query<Row[]>(LIST, [hostIds, from, to, ...(after ?? [null, null, null]), limit]);
  return rows.map(placedMark);
}

function placedMark({ happenedAt, hostId, agentId, hostname, labels, restart, ...mark }: Row): PlacedMark {
  const at = isoInstant(happenedAt);
  const named = { hostId: agentId, hostname };
  return {
    mark: restart === null ? { ...mark, at, ...named } : { ...restartMark(mark.id, restart), at, ...named },
    host:
      hostId === null || agentId === null || hostname === null
        ? undefined
        : { hostId, id: agentId, hostname, labels: labels ?? {} },
    place: [at, mark.id, hostId ?? 0],
  };
}
