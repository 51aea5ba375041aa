import * as z from 'zod';
import { ConnectionItemSchema } from './connection.ts';
import { pageOf } from './page.ts';
import { Count, Instant } from './primitives.ts';

export const CONNECTION_CHANGES = ['appeared', 'vanished'] as const;
export type ConnectionChange = (typeof CONNECTION_CHANGES)[number];

/**
 * A connection that one of two instants has and the other has not, with its age at the later one, or, vanished, at its
 * end. One that appeared may have ended since: then `endedAt` is after that instant.
 */
export const ConnectionChangeItemSchema = ConnectionItemSchema.safeExtend({ change: z.enum(CONNECTION_CHANGES) });
export type ConnectionChangeItem = z.infer<typeof ConnectionChangeItemSchema>;

/**
 * `GET /hosts/:id/connections/diff`: what changed from `a` to `b`, in the order in which it did (openedBefore of what
 * appeared, endedAt of what vanished). The three numbers are of all connections, whatever page and change were asked
 * for: `appeared` + `stayed` were there at `b`, `vanished` + `stayed` at `a`. What came and went in between is in none.
 */
export const ConnectionDiffSchema = pageOf(ConnectionChangeItemSchema).extend({
  a: Instant,
  b: Instant,
  appeared: Count,
  vanished: Count,
  stayed: Count,
});
export type ConnectionDiff = z.infer<typeof ConnectionDiffSchema>;
