import * as z from 'zod';
import { Count, Instant, Text } from './primitives.ts';
import { ProcessSchema } from './process.ts';

const at = { at: Instant };

/** What happened to the agent or its host between snapshots, told once, with the next one. */
export const AgentEventSchema = z.discriminatedUnion('kind', [
  /** The first snapshot of a run. `after`: what its state folder tells of the run before. */
  z.object({ ...at, kind: z.literal('started'), after: z.enum(['first_run', 'clean_stop', 'crash', 'reboot']) }),
  /** The host slept: monotonic time stood still while boot time went on. */
  z.object({ ...at, kind: z.literal('suspended'), forMs: z.int().min(0) }),
  /** Somebody set this host's wall clock: forwards is positive. */
  z.object({ ...at, kind: z.literal('clock_jumped'), byMs: z.int() }),
  /** The outbox was full or its contents too old: so many snapshots, taken from `from` to `to`, will never arrive. */
  z.object({ ...at, kind: z.literal('dropped'), snapshots: Count, from: Instant, to: Instant }),
  /** Records of the outbox that could not be read back (torn by a crash, damaged on disk). */
  z.object({ ...at, kind: z.literal('damaged'), records: Count }),
  /**
   * A service that holds sockets was started anew: another process of the same executable and unit (or container) in place
   * of the one before. `replaced`: its executable file is another one than before, or its container; a deploy.
   */
  z.object({
    ...at,
    kind: z.literal('service_restarted'),
    process: ProcessSchema.omit({ command: true }),
    /** `containerId`: of the container whose place another took. */
    before: z.object({ pid: z.int().min(1), startedAt: Instant, containerId: Text(128).optional() }),
    replaced: z.boolean(),
  }),
  /** The agent did not get to sample for longer than three intervals, without the host having slept. */
  z.object({ ...at, kind: z.literal('stalled'), forMs: z.int().min(0) }),
]);
export type AgentEvent = z.infer<typeof AgentEventSchema>;
