import * as z from 'zod';
import { ConnectionSchema } from './connection.ts';
import { OrphansSchema, PressureStallSchema, ProcessEvidenceSchema } from './evidence.ts';
import { type INCIDENT_EVIDENCE_KINDS } from './incident.ts';
import { KernelFactsSchema } from './kernel-facts.ts';
import { TwoEndsSchema } from './peer-end.ts';
import { PortsSchema } from './ports.ts';
import { Address, Count, Port, StateCountsSchema } from './primitives.ts';

/** What the evidence of each kind holds; of lists that are cut `total` counts all. */
export const INCIDENT_EVIDENCE_CONTENTS = {
  process: ProcessEvidenceSchema,
  /** Those that have waited longest. */
  connections: z.object({ total: Count, items: z.array(ConnectionSchema) }),
  /** Addresses with most connections first; `total` counts addresses. */
  peers: z.object({ total: Count, items: z.array(z.object({ address: Address, count: Count })) }),
  orphans: OrphansSchema,
  pressure_stall: PressureStallSchema,
  ports: PortsSchema,
  kernel: KernelFactsSchema,
  accept_queue: z.object({ port: Port, length: Count, limit: Count.nullable() }),
  two_ends: TwoEndsSchema,
  counts: StateCountsSchema,
} as const satisfies Record<(typeof INCIDENT_EVIDENCE_KINDS)[number], z.ZodType>;

export type IncidentEvidenceContents = {
  readonly [Kind in keyof typeof INCIDENT_EVIDENCE_CONTENTS]: z.infer<(typeof INCIDENT_EVIDENCE_CONTENTS)[Kind]>;
};
