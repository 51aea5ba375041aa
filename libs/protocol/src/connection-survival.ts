import * as z from 'zod';
import { CONNECTION_GROUPINGS, GroupSubjectSchema } from './connection-groups.ts';
import { Count, Instant } from './primitives.ts';

/**
 * How many entered and how many of them were still there at each step; it never rises. `medianLifetimeSeconds`: within so
 * many seconds of openedBefore half of them had ended; null as long as more than half stand.
 */
const survivors = {
  entered: Count,
  remaining: z.array(Count),
  medianLifetimeSeconds: z.number().nullable(),
};

/**
 * `GET /hosts/:id/connections/survival`: of the connections that entered CLOSE_WAIT from `from` (included) to `to`
 * (excluded), how many were still there at each instant of `t`, milliseconds since the epoch, from `to` to `until`.
 * When one entered is known as a bracket, openedAfter to openedBefore; openedBefore, the first instant at which it
 * certainly had, decides, so that each connection is in one of two cohorts that follow each other.
 */
export const ConnectionSurvivalSchema = z.object({
  from: Instant,
  to: Instant,
  until: Instant,
  t: z.array(z.int()),
  ...survivors,
  groupBy: z.enum(CONNECTION_GROUPINGS).nullable(),
  /** The largest groups, the largest first; empty without `groupBy`. */
  groups: z.array(z.object({ subject: GroupSubjectSchema, ...survivors })),
  /** All other groups together; null when there are none. */
  others: z.object(survivors).nullable(),
});
export type ConnectionSurvival = z.infer<typeof ConnectionSurvivalSchema>;
