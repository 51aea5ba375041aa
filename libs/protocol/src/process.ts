import * as z from 'zod';
import { Instant, Text } from './primitives.ts';

/** Who a process is. A pid alone is reused; with `startedAt` it is not. `command` comes with secrets masked. */
export const ProcessSchema = z.object({
  pid: z.int().min(1).max(4_194_304),
  startedAt: Instant,
  executable: Text(512),
  command: Text(4096),
  /** The systemd unit it runs under. */
  unit: Text(256).optional(),
  containerId: Text(128).optional(),
});
export type Process = z.infer<typeof ProcessSchema>;
