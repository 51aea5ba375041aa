import * as z from 'zod';
import { Instant } from './primitives.ts';

/**
 * What is kept for a time of its own. `snapshots`: counts of every sample; `rollups`: those of an hour; `connections`: ended ones,
 * from their end on; `processes` and `ports`: samples of these; `events`: what agents told of themselves; `incidents`: resolved ones, and what people said had changed.
 */
export const RETENTION_KINDS = [
  'snapshots',
  'rollups',
  'connections',
  'processes',
  'ports',
  'events',
  'incidents',
] as const;
export type RetentionKind = (typeof RETENTION_KINDS)[number];

export const RETENTION_LIMITS = { leastDays: 1, mostDays: 3_650 } as const;

const NO_DAYS = `must be a whole number of days from ${RETENTION_LIMITS.leastDays} to ${RETENTION_LIMITS.mostDays}`;
export const KeepDays = z
  .int({ error: NO_DAYS })
  .min(RETENTION_LIMITS.leastDays, { error: NO_DAYS })
  .max(RETENTION_LIMITS.mostDays, { error: NO_DAYS });

/** Body of `PUT /api/v1/retention/:kind`. */
export const RetentionChangeSchema = z.object({ keepDays: KeepDays });
export type RetentionChange = z.infer<typeof RetentionChangeSchema>;

/** A part that is dropped as a whole: what is of `from` and later, but before `until`. */
export const RetentionPartSchema = z.object({ from: Instant, until: Instant, bytes: z.number() });

/**
 * A kind, and what it takes on disk, indexes included. `standingBytes`: rows of today that are not packed yet, late ones, open
 * connections: no retention changes them. `rows`: PostgreSQL's own estimate, null before it has made one; of packs each is an
 * hour. `oldest`: the beginning of the oldest part with something in it. `bytesPerDay`: of the last full days, at most seven;
 * null before there is one. `forecastBytes`: what it comes to at `keepDays` if each day is like those. `parts`: oldest first.
 */
export const RetentionItemSchema = z.object({
  kind: z.enum(RETENTION_KINDS),
  keepDays: KeepDays,
  defaultDays: KeepDays,
  changedAt: Instant.nullable(),
  bytes: z.number(),
  standingBytes: z.number(),
  rows: z.number().nullable(),
  oldest: Instant.nullable(),
  bytesPerDay: z.number().nullable(),
  forecastBytes: z.number().nullable(),
  parts: z.array(RetentionPartSchema),
});
export type RetentionItem = z.infer<typeof RetentionItemSchema>;

/** `GET /api/v1/retention`. `disk`: where our own server's data lie; null with a server that is not ours. */
export const RetentionSchema = z.object({
  items: z.array(RetentionItemSchema),
  total: z.object({
    bytes: z.number(),
    /** Null while a kind has no forecast. */
    forecastBytes: z.number().nullable(),
    disk: z.object({ freeBytes: z.number(), sizeBytes: z.number() }).nullable(),
  }),
});
export type Retention = z.infer<typeof RetentionSchema>;

/** What a kind comes to when it is kept for so many days; null while nothing is known of its days. */
export function forecastOf(
  { standingBytes, bytesPerDay }: Pick<RetentionItem, 'standingBytes' | 'bytesPerDay'>,
  keepDays: number,
): number | null {
  return bytesPerDay === null ? null : standingBytes + bytesPerDay * keepDays;
}
