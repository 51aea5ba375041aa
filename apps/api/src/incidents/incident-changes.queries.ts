import { type Annotation, type Incident } from '@closewatch/protocol';
import { restartMark, type ServiceRestarted } from '../annotations/restart-mark.ts';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';

/** Marks come from so long before an incident began. */
const BEFORE_MS = 2 * 3_600_000;
/** Those nearest to its beginning tell most. */
const MARKS = 200;

/**
 * Change marks of an incident's host, and of all hosts, from two hours before it began to its end (`now`, milliseconds,
 * while it is open), in the order of time: what people and scripts said, and restarts that the agent saw.
 */
export async function incidentChanges(
  sql: Sql,
  hostId: number,
  incident: Pick<Incident, 'beganAt' | 'resolvedAt' | 'hostId' | 'hostname'>,
  now: number,
): Promise<Annotation[]> {
  const range = [
    hostId,
    isoInstant(Date.parse(incident.beganAt) - BEFORE_MS),
    incident.resolvedAt ?? isoInstant(now),
    MARKS,
  ];
  const ofHost = { hostId: incident.hostId, hostname: incident.hostname };
  const [said, seen] = await Promise.all([readSaid(sql, range), readRestarts(sql, range)]);
  return [
    ...said.map(({ everywhere, at, ...mark }) => ({
      ...mark,
      at: isoInstant(at),
      ...(everywhere ? { hostId: null, hostname: null } : ofHost),
    })),
    ...seen.map(({ digest, content }) => ({ ...restartMark(digest, content), ...ofHost })),
  ]
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .slice(0, MARKS);
}

function readSaid(sql: Sql, range: unknown[]) {
  type Said = Omit<Annotation, 'at' | 'hostId' | 'hostname'> & { at: Date; everywhere: boolean };
  return sql.query<Said[]>(
    `SELECT annotation_id AS id, happened_at AS at, kind, service, text, link, source, author,
            host_id IS NULL AS everywhere
       FROM annotation
      WHERE (host_id = $1 OR host_id IS NULL) AND happened_at BETWEEN $2 AND $3
      ORDER BY happened_at
      LIMIT $4`,
    range,
  );
}

function readRestarts(sql: Sql, range: unknown[]) {
  return sql.query<{ digest: string; content: ServiceRestarted }[]>(
    `SELECT digest, content
       FROM agent_event
      WHERE host_id = $1 AND happened_at BETWEEN $2 AND $3 AND kind = 'service_restarted'
      ORDER BY happened_at
      LIMIT $4`,
    range,
  );
}
