import { type LeakSubject, VERDICT_LIMITS } from '@closewatch/socket-states';

/**
 * The columns by which connections belong to one leak key, in SQL over a lifetime table, and what they come out as. The
 * service is that of the first owner. Where the direction is not known the lower port is taken for the service's.
 */
export const SUBJECT_COLUMNS = `
       direction,
       CASE WHEN direction = 'outbound' OR direction IS NULL AND peer_port < local_port THEN peer_port
            ELSE local_port END AS port,
       CASE WHEN direction = 'outbound' OR direction IS NULL AND peer_port < local_port THEN host(peer_address)
            END AS address,
       CASE WHEN owners -> 0 IS NULL THEN ownership ELSE 'known' END AS ownership,
       owners -> 0 ->> 'executable' AS executable,
       owners -> 0 ->> 'unit' AS unit,
       owners -> 0 ->> 'containerId' AS container`;

/**
 * Whether a connection is a half-close that works, as verdicts have it (socket-states, socket-verdict.ts): this side sent
 * after the peer's end of stream, and not long before it was told of. In SQL over a lifetime table.
 */
export const IS_HALF_CLOSED = `coalesce(
         (details ->> 'lastSentAt')::timestamptz >= opened_before + make_interval(secs => ${VERDICT_LIMITS.sentAfterMs / 1_000})
         AND (details ->> 'lastSentAt')::timestamptz >= last_seen_at - make_interval(secs => ${VERDICT_LIMITS.sentWithinMs / 1_000})
         AND NOT (send_queue > 0 AND details #>> '{timer,kind}' = 'retransmit'
                  AND (details #>> '{timer,retries}')::integer >= ${VERDICT_LIMITS.blockedRetries}), false)`;

/** Their names, to group by. */
export const SUBJECT_NAMES = 'direction, port, address, ownership, executable, unit, container';

export interface SubjectRow {
  readonly direction: LeakSubject['direction'];
  readonly port: number;
  readonly address: string | null;
  readonly ownership: LeakSubject['ownership'];
  /** Null: no process is known. */
  readonly executable: string | null;
  readonly unit: string | null;
  readonly container: string | null;
}

export function leakSubjectOf(netns: number, row: SubjectRow): LeakSubject {
  const { executable, unit, container } = row;
  return {
    netns,
    service: executable === null ? null : { executable, unit, containerId: container },
    ownership: row.ownership,
    direction: row.direction,
    endpoint: { address: row.address, port: row.port },
  };
}

/** What people call it: the unit, else the name of the program; of what no process is known, where it listens or dials. */
export function serviceName({ service, endpoint }: Pick<LeakSubject, 'service' | 'endpoint'>): string {
  if (service !== null) return serviceOf(service);
  return `${endpoint.address ?? ''}:${endpoint.port}`;
}

/** The same of a process. */
export function serviceOf({
  executable,
  unit,
}: {
  readonly executable: string;
  readonly unit?: string | null | undefined;
}): string {
  const name = executable.slice(executable.lastIndexOf('/') + 1);
  // Of what a person started in a session the unit says nothing.
  if (typeof unit !== 'string' || !unit.endsWith('.service') || unit.startsWith('user@'))
    return name === '' ? executable : name;
  return unit.slice(0, -'.service'.length);
}
