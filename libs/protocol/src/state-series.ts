import { TCP_STATES, type TcpState } from '@closewatch/socket-states';
import * as z from 'zod';
import { Instant } from './primitives.ts';

const values = z.array(z.number().nullable());
const series = z.object({ min: values, avg: values, max: values });

/** What may be asked for at once: steps of an answer, and days between its ends: ten years. */
export const HISTORY_LIMITS = { points: 2_000, rangeDays: 3_660 } as const;

/**
 * Counts over time, columnar. `t` holds the start of each step in milliseconds since the epoch; each series has one
 * value a step, null where there is no data; means to a thousandth. `source`: from every sample, or, for long
 * ranges and where samples are no longer kept, from sums of whole UTC hours.
 */
export const StateSeriesSchema = z.object({
  from: Instant,
  to: Instant,
  source: z.enum(['samples', 'rollups']),
  stepMs: z.int(),
  t: z.array(z.int()),
  series: z.object(Object.fromEntries(TCP_STATES.map((state) => [state, series])) as Record<TcpState, typeof series>),
});
export type StateSeries = z.infer<typeof StateSeriesSchema>;
