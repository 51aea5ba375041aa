import { INCIDENT_STATES, Instant, SEVERITIES, Text, Uuid } from '@closewatch/protocol';
import { RULES } from '@closewatch/socket-states';
import { z } from 'zod';
import { pageParameters } from '../paging/page-cursor.ts';

const Words = (maxLength: number) => Text(maxLength).min(1);

/** `GET /api/v1/incidents`. All that is given must be true; `from` and `to`: open at some time between. */
export const IncidentQuery = z.object({
  state: z.enum([...INCIDENT_STATES, 'all']).default('all'),
  rule: z.enum(RULES).optional(),
  severity: z.enum(SEVERITIES).optional(),
  host: Words(253).optional(),
  service: Words(512).optional(),
  from: Instant.optional(),
  to: Instant.optional(),
  ...pageParameters({ usual: 100, most: 1_000 }),
});
export type IncidentQuery = z.infer<typeof IncidentQuery>;

/** Path parameter of the routes below /incidents/:id. */
export const IncidentPath = z.object({ id: Uuid });
export type IncidentPath = z.infer<typeof IncidentPath>;
