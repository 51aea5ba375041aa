import * as z from 'zod';
import { OrphanSchema, PressureStallSchema, ProcessEvidenceSchema } from './evidence.ts';
import { HostDetailsSchema } from './host-details.ts';
import { pageOf } from './page.ts';
import { Count, Instant } from './primitives.ts';
import { ProcessSocketsSchema } from './process-sockets.ts';

/**
 * `GET /hosts/:id/processes`: the newest table of processes, each with its evidence where it holds CLOSE_WAIT sockets or
 * orphaned descriptors. Evidence is gathered more often than the table: `unlisted` is that of holders which the table does
 * not list yet. `takenAt` null: not told yet.
 */
export const HostProcessesSchema = pageOf(
  ProcessSocketsSchema.extend({ evidence: ProcessEvidenceSchema.nullable() }),
).extend({
  takenAt: Instant.nullable(),
  others: Count,
  unowned: Count,
  evidence: z.object({
    takenAt: Instant.nullable(),
    unlisted: z.array(ProcessEvidenceSchema),
    pressureStall: PressureStallSchema.extend({ takenAt: Instant }).nullable(),
  }),
});
export type HostProcesses = z.infer<typeof HostProcessesSchema>;

/** `GET /hosts/:id/ports`: ports and TIME_WAIT, and what the kernel counts and how it is set. */
export const HostPortsSchema = HostDetailsSchema.pick({ ports: true, kernel: true });
export type HostPorts = z.infer<typeof HostPortsSchema>;

/** `GET /hosts/:id/orphans`: descriptors that outlived their sockets; `count` has those too that `items` leaves out. */
export const HostOrphansSchema = pageOf(OrphanSchema).extend({ takenAt: Instant.nullable(), count: Count });
export type HostOrphans = z.infer<typeof HostOrphansSchema>;
