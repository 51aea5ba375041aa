import type * as z from 'zod';
import { CloseWaitSchema } from './close-wait.ts';
import { HostSchema } from './host.ts';
import { FleetTotalsSchema } from './live-events.ts';
import { pageOf } from './page.ts';
import { Instant, StateCountsSchema } from './primitives.ts';

/**
 * A host as of an instant. `takenAt` and `counts` are those of the newest snapshot at or before it; null when the host was
 * silent then: what it had said earlier was no longer so. `closeWait`: connections known to be in CLOSE_WAIT at that instant, as
 * `/hosts/:id/connections?at=` lists them, of silent hosts too; `count` is the kernel's where the host was not silent.
 */
export const FleetHostSchema = HostSchema.pick({ id: true, hostname: true, labels: true, status: true }).extend({
  takenAt: Instant.nullable(),
  counts: StateCountsSchema.nullable(),
  closeWait: CloseWaitSchema.omit({ orphaned: true }),
});
export type FleetHost = z.infer<typeof FleetHostSchema>;

/**
 * `GET /api/v1/fleet?at=`: the hosts that were known at an instant, by name. A cursor goes on at the instant of its first page.
 * `totals`, on the first page only and null on those that follow: of the whole fleet, silent hosts' counts left out.
 */
export const FleetAtSchema = pageOf(FleetHostSchema).extend({ at: Instant, totals: FleetTotalsSchema.nullable() });
export type FleetAt = z.infer<typeof FleetAtSchema>;
