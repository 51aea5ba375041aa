import * as z from 'zod';
import { AgentEventSchema } from './agent-event.ts';
import { ConnectionSchema } from './connection.ts';
import { IssueSchema } from './error.ts';
import { OrphansSchema, PressureStallSchema, ProcessEvidenceSchema } from './evidence.ts';
import { KernelFactsSchema } from './kernel-facts.ts';
import { NamespaceSchema } from './namespace.ts';
import { FinWaitsSchema, PortsSchema } from './ports.ts';
import { Count, Instant, StateCountsSchema, Text, Uuid } from './primitives.ts';
import { ProcessTableSchema, TurnoverSchema } from './process-sockets.ts';

/** Bounds of one push; past them the server answers 413 or 400. */
export const PUSH_LIMITS = {
  /** Bytes of the JSON text after gunzip. */
  bodyBytes: 16 * 1024 * 1024,
  snapshots: 1_000,
  connections: 20_000,
  evidence: 200,
  turnover: 500,
  events: 100,
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
  /** Names the namespace where `netns` is not 0. */
  namespace: NamespaceSchema.optional(),
  /** What follows is left out where there is nothing to tell or it is not its turn; the last one told stands. */
  orphans: OrphansSchema.optional(),
  evidence: z.array(ProcessEvidenceSchema).max(PUSH_LIMITS.evidence).optional(),
  pressureStall: PressureStallSchema.optional(),
  processes: ProcessTableSchema.optional(),
  turnover: z.array(TurnoverSchema).max(PUSH_LIMITS.turnover).optional(),
  ports: PortsSchema.optional(),
  finWaits: FinWaitsSchema.optional(),
  kernel: KernelFactsSchema.optional(),
  events: z.array(AgentEventSchema).max(PUSH_LIMITS.events).optional(),
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
