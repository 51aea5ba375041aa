import { LEVELS } from '@closewatch/socket-states';
import * as z from 'zod';
import { FindingSchema } from './finding.ts';
import { OWNERSHIPS } from './ownership.ts';
import { Address, Count, Instant, Port, Uuid } from './primitives.ts';

/** What one leak is told apart by: see LeakSubject in socket-states. */
export const LeakSubjectSchema = z.object({
  netns: Count,
  service: z
    .object({ executable: z.string(), unit: z.string().nullable(), containerId: z.string().nullable() })
    .nullable(),
  ownership: z.enum(OWNERSHIPS),
  direction: z.enum(['inbound', 'outbound']).nullable(),
  endpoint: z.object({ address: Address.nullable(), port: Port }),
});

/**
 * The CLOSE_WAIT connections of one service at one endpoint, why they do not close, and how it goes on. `leaked`: for 60 s
 * and no fault of the peer's, orphaned descriptors included.
 */
export const LeakGroupSchema = z.object({
  subject: LeakSubjectSchema,
  processes: z.array(z.object({ pid: z.int().min(1), startedAt: Instant.nullable() })),
  count: Count,
  leaked: Count,
  orphaned: Count,
  oldestSeconds: z.number().nullable(),
  finding: FindingSchema,
  level: z.enum(LEVELS),
  /** Leaked sockets more per hour; null: not known (yet). */
  slopePerHour: z.number().nullable(),
  /** Until the descriptors of the process run out at this slope; null: they do not, or it is not known. */
  timeLeftSeconds: z.number().nullable(),
  /** The open incident about it. */
  incidentId: Uuid.nullable(),
});
export type LeakGroup = z.infer<typeof LeakGroupSchema>;
/** The largest, and those of open incidents; `total`: how many there are. */
export const LeakGroupsSchema = z.object({
  takenAt: Instant.nullable(),
  total: Count,
  items: z.array(LeakGroupSchema),
});
export type LeakGroups = z.infer<typeof LeakGroupsSchema>;
