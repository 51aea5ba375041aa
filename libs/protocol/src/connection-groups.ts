import * as z from 'zod';
import { FindingSchema } from './finding.ts';
import { OWNERSHIPS } from './ownership.ts';
import { pageOf } from './page.ts';
import { Address, Count, Instant, Port } from './primitives.ts';
import { ProcessSchema } from './process.ts';

export const CONNECTION_GROUPINGS = ['process', 'peer', 'port'] as const;
export type ConnectionGrouping = (typeof CONNECTION_GROUPINGS)[number];

/**
 * What connections are grouped by; each connection is in exactly one group.
 * - `process`: the first of its owners; null where none is known, and `ownership` says why.
 * - `peer`: the peer's address, whatever its port.
 * - `port`: that of the service: the local one of what came in, the peer's of what went out; where the direction is not
 *   known, the lower of the two.
 */
export const GroupSubjectSchema = z.discriminatedUnion('by', [
  z.object({
    by: z.literal('process'),
    process: ProcessSchema.omit({ command: true }).extend({ startedAt: Instant.nullable() }).nullable(),
    ownership: z.enum(OWNERSHIPS),
  }),
  z.object({ by: z.literal('peer'), address: Address }),
  z.object({ by: z.literal('port'), side: z.enum(['local', 'peer']), port: Port }),
]);
export type GroupSubject = z.infer<typeof GroupSubjectSchema>;

/**
 * Connections in CLOSE_WAIT that have something in common. `aged`: for 60 s at least. `oldest`: openedBefore of the one
 * that has waited longest, and its age. `recvQueueBytes`: what nobody has read, of all of them.
 */
export const ConnectionGroupSchema = z.object({
  subject: GroupSubjectSchema,
  count: Count,
  aged: Count,
  oldest: z.object({ openedBefore: Instant, ageSeconds: z.number() }),
  recvQueueBytes: z.number().int().min(0),
  /** Of most of them; null: the group is of an instant of which no evidence is kept. */
  verdict: FindingSchema.nullable(),
});
export type ConnectionGroup = z.infer<typeof ConnectionGroupSchema>;

/** `GET /hosts/:id/connections/groups`: the largest first. */
export const ConnectionGroupsSchema = pageOf(ConnectionGroupSchema);
export type ConnectionGroups = z.infer<typeof ConnectionGroupsSchema>;
