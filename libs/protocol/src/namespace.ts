import * as z from 'zod';
import { Text } from './primitives.ts';

/** A network namespace other than the agent's own. Its number (`netns` of the snapshot) is the agent's, kept over restarts. */
export const NamespaceSchema = z.object({
  /** Of /proc/PID/ns/net; used again once the namespace is gone. */
  inode: z.int().min(1),
  /** What people know it by: the container's name or short id, a name of `ip netns`, else a process in it. */
  name: Text(256).min(1),
  containerId: Text(128).optional(),
});
export type Namespace = z.infer<typeof NamespaceSchema>;
