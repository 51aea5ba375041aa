import * as z from 'zod';
import { FindingSchema } from './finding.ts';
import { OWNERSHIPS } from './ownership.ts';
import { EndpointSchema, Instant } from './primitives.ts';
import { ProcessSchema } from './process.ts';

/** Hash of boot id, namespace and cookie (or of five-tuple, inode and first sight where the source has no cookie). */
export const SocketId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{8,64}$/, { error: 'must be 8 to 64 letters, digits, "-" or "_"' });

/**
 * A process that holds a descriptor of the socket; null: which one is not known. `startedAt` is null where the source
 * tells no more than name and pid, as ss and netstat do.
 */
export const OwnerSchema = ProcessSchema.extend({
  startedAt: Instant.nullable(),
  descriptor: z.int().min(0).nullable(),
});
export type Owner = z.infer<typeof OwnerSchema>;

export const ENDED_AS = ['closed', 'orphaned', 'lost'] as const;
export type EndedAs = (typeof ENDED_AS)[number];

/** Widest queue the kernel reports (idiag_rqueue, idiag_wqueue: 32 bits). */
const Queue = z.int().min(0).max(4_294_967_295);

/** The timer the kernel has running for a socket (idiag_timer), when it expires, and how often it fired in vain. */
export const TIMERS = ['none', 'retransmit', 'keepalive', 'time_wait', 'zero_window_probe'] as const;
export const SocketTimerSchema = z.object({
  kind: z.enum(TIMERS),
  expiresInMs: Queue,
  retries: z.int().min(0).max(255),
});
export type SocketTimer = z.infer<typeof SocketTimerSchema>;

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
    /** Bytes the peer has acknowledged so far (tcpi_bytes_acked); growing ones are a half-close that works. */
    bytesAcked: z.int().min(0).nullable().default(null),
    /** When this side last sent data (tcpi_last_data_sent). */
    lastSentAt: Instant.nullable().default(null),
    timer: SocketTimerSchema.nullable().default(null),
    /**
     * Never accepted: how many wait in its listener's queue, and how many may (its LISTEN socket's Recv-Q and Send-Q);
     * `limit` is null where only /proc was read, which does not tell it.
     */
    acceptQueue: z.object({ length: Queue, limit: Queue.nullable() }).nullable().default(null),
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

/** A connection as people read it: as pushed, with its age at the instant asked for. `atMost` null: no upper bound. */
export const ConnectionItemSchema = ConnectionSchema.safeExtend({
  ageSeconds: z.object({ atLeast: z.number(), atMost: z.number().nullable() }),
  verdict: FindingSchema.nullable(),
});
export type ConnectionItem = z.infer<typeof ConnectionItemSchema>;
