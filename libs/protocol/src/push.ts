import * as z from 'zod';
import { ConnectionSchema } from './connection.ts';
import { IssueSchema } from './error.ts';
import { Count, Instant, StateCountsSchema, Text, Uuid } from './primitives.ts';

/** Bounds of one push; past them the server answers 413 or 400. */
export const PUSH_LIMITS = {
  /** Bytes of the JSON text after gunzip. */
  bodyBytes: 16 * 1024 * 1024,
  snapshots: 1_000,
  connections: 20_000,
} as const;

export const SnapshotSchema = z.object({
  /** Counts the snapshots of a run without gaps, from 0. */
  seq: z.int().min(0),
  /** On the server's clock as the agent knows it; fixed before the snapshot is queued, so that a retry is the same. */
  takenAt: Instant,
  intervalMs: z.int().min(100).max(3_600_000),
  /** 0 is the agent's own network namespace. */
  netns: z.int().min(0).max(2_147_483_647).default(0),
  counts: StateCountsSchema,
  connections: z.array(ConnectionSchema).max(PUSH_LIMITS.connections).default([]),
  /** The connections are all there are: one that is open on the server and not among them has ended. */
  complete: z.boolean().default(false),
});
export type Snapshot = z.infer<typeof SnapshotSchema>;

/** Where an agent reads sockets from. */
export const SOURCES = ['netlink', 'procfs'] as const;
export type Source = (typeof SOURCES)[number];

export const AgentSchema = z.object({
  version: Text(64),
  hostname: Text(253).min(1),
  machineId: Text(64),
  kernel: Text(256),
  source: Text(32),
  capabilities: z.array(Text(64)).max(64).default([]),
  /** What the agent lacks, in words a person can act on: `CAP_SYS_PTRACE`, `netlink: ...`. */
  missing: z.array(Text(512)).max(64).default([]),
  clockOffsetMs: z.number(),
});
export type Agent = z.infer<typeof AgentSchema>;

/**
 * One push. Snapshots stay unparsed here: the server parses each with {@link SnapshotSchema} and rejects a bad one
 * alone.
 */
export const PushSchema = z.object({
  protocol: z.int(),
  agentId: Uuid,
  runId: Uuid,
  bootId: Uuid,
  agent: AgentSchema,
  snapshots: z.array(z.unknown()).min(1).max(PUSH_LIMITS.snapshots),
});

/** A push as an agent builds it. */
export type Push = Omit<z.infer<typeof PushSchema>, 'snapshots'> & { snapshots: Snapshot[] };

/** Answered after the commit: accepted + duplicate + rejected = snapshots of the push. */
export const PushAnswerSchema = z.object({
  accepted: Count,
  duplicate: Count,
  rejected: z.array(z.object({ index: Count, issues: z.array(IssueSchema) })),
  serverTime: Instant,
  /** The server wants a full set (`complete: true`) with the next snapshot. */
  resync: z.boolean(),
});
export type PushAnswer = z.infer<typeof PushAnswerSchema>;
