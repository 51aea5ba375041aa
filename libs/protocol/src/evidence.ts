import * as z from 'zod';
import { Count, Instant, Text } from './primitives.ts';
import { OwnerSchema, SocketId } from './connection.ts';
import { ProcessSchema } from './process.ts';

/** A number that is a rate or a share: finite, never negative. */
const Rate = z.number().min(0).max(Number.MAX_SAFE_INTEGER);

/** Threads that do the same: state letter of proc_pid_stat(5), kernel function they sleep in, system call they are in. */
export const ThreadWaitSchema = z.object({
  state: z.string().regex(/^[A-Za-z]$/, { error: 'must be one state letter of /proc/PID/stat' }),
  /** /proc/PID/task/TID/wchan; null: running, or not to be read. */
  wchan: Text(64).nullable(),
  /** Name of the system call by the architecture's table, `syscall N` where it has none; null: none, or not to be read. */
  syscall: Text(32).nullable(),
  threads: Count,
});
export type ThreadWait = z.infer<typeof ThreadWaitSchema>;

/** Descriptors of a process: in use, and its soft limit (RLIMIT_NOFILE); null where it could not be read. */
export const DescriptorsSchema = z.object({ used: Count.nullable(), limit: z.int().min(0).nullable() });
export type Descriptors = z.infer<typeof DescriptorsSchema>;

/** The same of a process that is looked at closely. */
export const DescriptorUseSchema = DescriptorsSchema.extend({
  /** What they are open on, by the target of /proc/PID/fd; left out where it was not looked at. */
  kinds: z.object({ sockets: Count, files: Count, pipes: Count, other: Count }).optional(),
});
export type DescriptorUse = z.infer<typeof DescriptorUseSchema>;

/**
 * Why a process that holds CLOSE_WAIT sockets or orphaned descriptors may not close them. Rates are between the last
 * two looks, `windowMs` apart; null before the second look, and where the kernel does not tell (then `missing` says why).
 */
export const ProcessEvidenceSchema = z.object({
  process: ProcessSchema,
  uid: z.int().min(0).max(4_294_967_295).nullable(),
  /** Its CLOSE_WAIT sockets; of these with bytes or the FIN unread (Recv-Q ≥ 1); and its orphaned descriptors. */
  closeWait: Count,
  unread: Count,
  orphaned: Count,
  windowMs: z.int().min(1).nullable(),
  threads: z.object({ total: Count, looked: Count }),
  waits: z.array(ThreadWaitSchema).max(32),
  /**
   * Milliseconds since a thread of it was last seen waiting for events (poll, epoll, accept, read); null: not once since
   * the agent began to look, `watchedMs` ago. A futex alone proves nothing: idle pools wait in one too.
   */
  polledAgoMs: z.int().min(0).nullable(),
  watchedMs: z.int().min(0),
  /** Milliseconds a second, over all threads: on a CPU, and ready but waiting for one (/proc/PID/task/TID/schedstat). */
  cpu: z.object({ runMsPerSecond: Rate, runQueueWaitMsPerSecond: Rate }).nullable(),
  /** CFS quota of its control group (cpu.stat); null without a quota. */
  throttling: z
    .object({ cgroupVersion: z.literal([1, 2]), throttledPerSecond: Rate, throttledMsPerSecond: Rate })
    .nullable(),
  descriptors: DescriptorUseSchema,
  missing: z.array(Text(256)).max(16).default([]),
});
export type ProcessEvidence = z.infer<typeof ProcessEvidenceSchema>;

const StallSchema = z.object({ someAvg10: Rate, fullAvg10: Rate.nullable() });

/** Pressure stall information, percent over 10 s (/proc/pressure); optional evidence, for it may be off. */
export const PressureStallSchema = z.object({
  cpu: StallSchema.nullable(),
  memory: StallSchema.nullable(),
  io: StallSchema.nullable(),
});
export type PressureStall = z.infer<typeof PressureStallSchema>;

/** A socket that left the kernel's tables while its descriptor stays open: it counts as leaked until that is closed. */
export const OrphanSchema = z.object({
  socketId: SocketId,
  orphanedAt: Instant,
  owners: z.array(OwnerSchema).min(1).max(64),
});
export type Orphan = z.infer<typeof OrphanSchema>;

/** All there are of them now; `items` holds the oldest where they are many. */
export const OrphansSchema = z.object({ count: Count, items: z.array(OrphanSchema).max(1_000) });
export type Orphans = z.infer<typeof OrphansSchema>;
