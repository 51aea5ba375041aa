import { TCP_STATES } from '@closewatch/socket-states';
import * as z from 'zod';
import { PortPressureSchema } from './ports.ts';
import { Count, Instant } from './primitives.ts';
import { ProcessSchema } from './process.ts';

/** What may be asked for at once: steps, days between the ends, and things to have series of. */
export const SAMPLE_LIMITS = { points: 2_000, rangeDays: 35, top: 50 } as const;

/** One value a step; null where there is no sample, or the thing was not in it: that is no zero. */
const values = z.array(z.number().nullable());
const extremes = z.object({ min: values, max: values });

/** `t` holds the start of each step in milliseconds since the epoch. */
const grid = { from: Instant, to: Instant, stepMs: z.int(), t: z.array(z.int()) };

/**
 * `GET /hosts/:id/processes/history`: the processes with most sockets at any one time of the range, that most being
 * `greatest`; each as it was told last. A leak is a least (`min`) that rises: bursts move the greatest alone. `sockets` are
 * those of all states together; of `counts`, states that the process never had are left out. Of descriptors in use the
 * greatest, of their limit the least. `others`, `unowned`: the greatest of what ProcessTable has by these names.
 */
export const ProcessHistorySchema = z.object({
  ...grid,
  items: z.array(
    z.object({
      process: ProcessSchema,
      greatest: Count,
      sockets: extremes,
      counts: z.partialRecord(z.enum(TCP_STATES), extremes),
      descriptors: z.object({ used: values, limit: values }),
    }),
  ),
  others: values,
  unowned: values,
});
export type ProcessHistory = z.infer<typeof ProcessHistorySchema>;

/**
 * `GET /hosts/:id/ports/history`: the destinations towards which most ports were used at any one time of the range, that
 * most being `greatest`. Of `available` the least. `timeWait` and `closesPerSecond` of the items' parent are the host's;
 * `timeWaitMax` is the least that the kernel was set to, `destinationCount` the greatest.
 */
export const PortHistorySchema = z.object({
  ...grid,
  items: z.array(
    PortPressureSchema.pick({ localAddress: true, peer: true }).extend({
      greatest: Count,
      used: extremes,
      timeWait: extremes,
      available: values,
    }),
  ),
  closesPerSecond: z.object({ avg: values, max: values }),
  timeWait: extremes,
  timeWaitMax: values,
  destinationCount: values,
});
export type PortHistory = z.infer<typeof PortHistorySchema>;
