import * as z from 'zod';
import { HOST_STATUSES } from './host-status.ts';
import { AgentSchema } from './push.ts';
import { Count, Instant, StateCountsSchema, Uuid } from './primitives.ts';

/** CLOSE_WAIT of a host now. `aged`: in CLOSE_WAIT for 60 s at least. `oldestSeconds` is null without connections. */
export const CloseWaitSchema = z.object({
  count: Count,
  aged: Count,
  oldestSeconds: z.number().nullable(),
});
export type CloseWait = z.infer<typeof CloseWaitSchema>;

/** At least this long in CLOSE_WAIT makes a connection aged: younger ones are ordinary turnover. */
export const AGED_SECONDS = 60;

/** A host as lists show it. It **is** its agentId (`id`); everything else is an attribute. */
export const HostSchema = z.object({
  id: Uuid,
  hostname: z.string(),
  labels: z.record(z.string(), z.string()),
  firstSeenAt: Instant,
  lastSeenAt: Instant,
  status: z.enum(HOST_STATUSES),
  intervalMs: z.int(),
  counts: StateCountsSchema,
  closeWait: CloseWaitSchema,
  agent: AgentSchema.omit({ hostname: true }).extend({ bootId: Uuid, runId: Uuid }),
});
export type Host = z.infer<typeof HostSchema>;
