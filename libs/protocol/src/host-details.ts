import * as z from 'zod';
import { CloseWaitSchema } from './close-wait.ts';
import { OrphansSchema, PressureStallSchema, ProcessEvidenceSchema } from './evidence.ts';
import { KernelFactsSchema } from './kernel-facts.ts';
import { PortsSchema } from './ports.ts';
import { Count, Instant, StateCountsSchema } from './primitives.ts';
import { ProcessTableSchema } from './process-sockets.ts';

/** A network namespace of a host as its newest snapshot has it. `id` 0 is the agent's own, which has no other name. */
export const NamespaceItemSchema = z.object({
  id: Count,
  inode: z.int().nullable(),
  name: z.string().nullable(),
  containerId: z.string().nullable(),
  lastSeenAt: Instant,
  /** Others than the own are sampled less often. */
  intervalMs: z.int(),
  counts: StateCountsSchema,
  closeWait: CloseWaitSchema,
});
export type NamespaceItem = z.infer<typeof NamespaceItemSchema>;

/** When the snapshot was taken that told it. */
const told = { takenAt: Instant };

/**
 * What snapshots tell of one namespace of a host beside counts and connections: of each section the newest; null where none
 * has told of it yet. `namespaces` are those that the host has beside its own, which is the host itself.
 */
export const HostDetailsSchema = z.object({
  namespaces: z.array(NamespaceItemSchema),
  evidence: z.object({ ...told, items: z.array(ProcessEvidenceSchema) }).nullable(),
  orphans: OrphansSchema.extend(told).nullable(),
  pressureStall: PressureStallSchema.extend(told).nullable(),
  processes: ProcessTableSchema.extend(told).nullable(),
  ports: PortsSchema.extend(told).nullable(),
  /** Each counter and setting as it was told last; `takenAt` is that of the newest of them. */
  kernel: KernelFactsSchema.extend(told).nullable(),
});
export type HostDetails = z.infer<typeof HostDetailsSchema>;
