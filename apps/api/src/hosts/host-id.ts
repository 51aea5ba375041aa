import { Uuid } from '@closewatch/protocol';
import { z } from 'zod';

/** Path parameter of the routes below /hosts/:id. */
export const HostPath = z.object({ id: Uuid });
export type HostPath = z.infer<typeof HostPath>;
