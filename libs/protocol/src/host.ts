import * as z from 'zod';
import { CloseWaitSchema } from './close-wait.ts';
import { HOST_STATUSES } from './host-status.ts';
import { AgentSchema } from './push.ts';
import { Instant, StateCountsSchema, Uuid } from './primitives.ts';

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
