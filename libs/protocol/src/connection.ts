import * as z from 'zod';
import { EndpointSchema, Instant, Text } from './primitives.ts';

/** Hash of boot id, namespace and cookie (or of five-tuple, inode and first sight where the source has no cookie). */
export const SocketId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{8,64}$/, { error: 'must be 8 to 64 letters, digits, "-" or "_"' });

/** A process that holds a descriptor of the socket. A pid alone is reused; with `startedAt` it is not. */
export const OwnerSchema = z.object({
  pid: z.int().min(1).max(4_194_304),
  startedAt: Instant,
  executable: Text(512),
  command: Text(4096),
  descriptor: z.int().min(0).nullable(),
  unit: Text(256).optional(),
  containerId: Text(128).optional(),
});
export type Owner = z.infer<typeof OwnerSchema>;

/**
 * What is known of the owners: `known` (listed), `not_accepted` (inode 0: it waits in the listener's backlog and has
 * none yet), `hidden` (the agent may not look into other users' processes), `none` (looked everywhere, nobody).
 */
export const OWNERSHIPS = ['known', 'not_accepted', 'hidden', 'none'] as const;

export const ENDED_AS = ['closed', 'orphaned', 'lost'] as const;
export type EndedAs = (typeof ENDED_AS)[number];

/** Widest queue the kernel reports (idiag_rqueue, idiag_wqueue: 32 bits). */
const Queue = z.int().min(0).max(4_294_967_295);

/**
 * One CLOSE_WAIT connection: what is true of it, not what changed. It entered CLOSE_WAIT at some instant between
 * `openedAfter` (null: no lower bound known) and `openedBefore`.
 */
export const ConnectionSchema = z
  .object({
    socketId: SocketId,
    transport: z.literal('tcp'),
    local: EndpointSchema,
    peer: EndpointSchema,
    direction: z.enum(['inbound', 'outbound']).nullable().default(null),
    openedAfter: Instant.nullable().default(null),
    openedBefore: Instant,
    firstSeenAt: Instant,
    lastSeenAt: Instant,
    endedAt: Instant.optional(),
    endedAs: z.enum(ENDED_AS).optional(),
    recvQueue: Queue,
    sendQueue: Queue,
    uid: z.int().min(0).max(4_294_967_295).nullable().default(null),
    ownership: z.enum(OWNERSHIPS).default('none'),
    owners: z.array(OwnerSchema).max(64).default([]),
  })
  .refine(
    ({ openedAfter, openedBefore }) => openedAfter === null || Date.parse(openedAfter) <= Date.parse(openedBefore),
    {
      path: ['openedAfter'],
      error: 'must not be later than openedBefore',
    },
  )
  .refine(({ firstSeenAt, lastSeenAt }) => Date.parse(firstSeenAt) <= Date.parse(lastSeenAt), {
    path: ['firstSeenAt'],
    error: 'must not be later than lastSeenAt',
  })
  .refine(({ endedAt, endedAs }) => (endedAt === undefined) === (endedAs === undefined), {
    path: ['endedAs'],
    error: 'must be given exactly when endedAt is',
  });
export type Connection = z.infer<typeof ConnectionSchema>;

/** Why a group of connections does not close; null until the server judges them. */
export const VerdictSchema = z.object({
  verdict: z.string(),
  confidence: z.number(),
  for: z.array(z.string()),
  against: z.array(z.string()),
  advice: z.string(),
});

/** A connection as people read it: as pushed, with its age at the instant asked for. `atMost` null: no upper bound. */
export const ConnectionItemSchema = ConnectionSchema.safeExtend({
  ageSeconds: z.object({ atLeast: z.number(), atMost: z.number().nullable() }),
  verdict: VerdictSchema.nullable(),
});
export type ConnectionItem = z.infer<typeof ConnectionItemSchema>;
