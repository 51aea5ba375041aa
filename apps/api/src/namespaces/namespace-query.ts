import { z } from 'zod';

/** Query parameter of what is read for one network namespace of a host; its own unless said. */
export const NamespaceQuery = z.object({ netns: z.coerce.number().int().min(0).max(2_147_483_647).default(0) });
export type NamespaceQuery = z.infer<typeof NamespaceQuery>;
