import * as z from 'zod';
import { ConnectionItemSchema } from './connection.ts';
import { pageOf } from './page.ts';
import { Uuid } from './primitives.ts';

/** A connection and the host that has it. */
export const FoundConnectionSchema = ConnectionItemSchema.safeExtend({
  host: z.object({ id: Uuid, hostname: z.string() }),
  netns: z.int().min(0),
});
export type FoundConnection = z.infer<typeof FoundConnectionSchema>;

/** `GET /api/v1/connections`: connections of all hosts, the newest (openedBefore) first. */
export const ConnectionSearchSchema = pageOf(FoundConnectionSchema);
export type ConnectionSearch = z.infer<typeof ConnectionSearchSchema>;
