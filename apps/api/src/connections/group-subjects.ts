import { type ConnectionGrouping, Count, type GroupSubject, OWNERSHIPS, Port, Text } from '@closewatch/protocol';
import { z } from 'zod';

/** How a group is told apart, as {@link SUBJECT_SQL} makes it; its order in Postgres is that of jsonb. */
export const StoredSubject = z.union([
  z.strictObject({ pid: Count, startedAt: Text(64).nullable(), executable: Text(512) }),
  z.strictObject({ ownership: z.enum(OWNERSHIPS) }),
  z.strictObject({ address: Text(64) }),
  z.strictObject({ side: z.enum(['local', 'peer']), port: Port }),
]);
export type StoredSubject = z.infer<typeof StoredSubject>;

/** The same subject, jsonb, for connections that belong together: what GroupSubjectSchema says in words. */
export const SUBJECT_SQL: Readonly<Record<ConnectionGrouping, string>> = {
  process: `CASE WHEN owners -> 0 IS NULL THEN jsonb_build_object('ownership', ownership)
                 ELSE jsonb_build_object('pid', owners -> 0 -> 'pid', 'startedAt', owners -> 0 -> 'startedAt',
                                         'executable', owners -> 0 -> 'executable') END`,
  peer: `jsonb_build_object('address', host(peer_address))`,
  port: `CASE WHEN direction = 'outbound' OR direction IS NULL AND peer_port < local_port
              THEN jsonb_build_object('side', 'peer', 'port', peer_port)
              ELSE jsonb_build_object('side', 'local', 'port', local_port) END`,
};

/** What is told of a process beside who it is; null for other groupings, and where it is not known. */
export const SUBJECT_DETAILS_SQL: Readonly<Record<ConnectionGrouping, string>> = {
  process: `owners -> 0 ->> 'unit' AS unit, owners -> 0 ->> 'containerId' AS "containerId"`,
  peer: 'NULL::text AS unit, NULL::text AS "containerId"',
  port: 'NULL::text AS unit, NULL::text AS "containerId"',
};

export interface SubjectDetails {
  readonly unit: string | null;
  readonly containerId: string | null;
}

/** A stored subject as the wire has it. */
export function groupSubject(stored: StoredSubject, { unit, containerId }: SubjectDetails): GroupSubject {
  if ('address' in stored) return { by: 'peer', address: stored.address };
  if ('side' in stored) return { by: 'port', side: stored.side, port: stored.port };
  if ('ownership' in stored) return { by: 'process', process: null, ownership: stored.ownership };
  const { pid, startedAt, executable } = stored;
  const place = { ...(unit === null ? {} : { unit }), ...(containerId === null ? {} : { containerId }) };
  return { by: 'process', process: { pid, startedAt, executable, ...place }, ownership: 'known' };
}
