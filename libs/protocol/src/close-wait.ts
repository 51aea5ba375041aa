import * as z from 'zod';
import { Count } from './primitives.ts';

/**
 * CLOSE_WAIT of a host, or of one namespace of it, now. `aged`: in CLOSE_WAIT for 60 s at least. `oldestSeconds` is null
 * without connections. `orphaned`: descriptors still open whose sockets have left the kernel's tables; they leak as well,
 * and are in none of the other numbers.
 */
export const CloseWaitSchema = z.object({
  count: Count,
  aged: Count,
  oldestSeconds: z.number().nullable(),
  orphaned: Count,
});
export type CloseWait = z.infer<typeof CloseWaitSchema>;

/** At least this long in CLOSE_WAIT makes a connection aged: younger ones are ordinary turnover. */
export const AGED_SECONDS = 60;
