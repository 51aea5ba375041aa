import { CONNECTION_CHANGES, CONNECTION_GROUPINGS, Instant } from '@closewatch/protocol';
import { z } from 'zod';
import { NamespaceQuery } from '../namespaces/namespace-query.ts';
import { pageParameters } from '../paging/page-cursor.ts';

const page = pageParameters({ usual: 1_000, most: 10_000 });

export const ListQuery = NamespaceQuery.extend({
  state: z.string().max(32).default('close_wait'),
  at: Instant.optional(),
  ...page,
});
export type ListQuery = z.infer<typeof ListQuery>;

export const DiffQuery = NamespaceQuery.extend({
  a: Instant,
  b: Instant.optional(),
  change: z.enum(CONNECTION_CHANGES).optional(),
  ...page,
});
export type DiffQuery = z.infer<typeof DiffQuery>;

export const SurvivalQuery = NamespaceQuery.extend({
  from: Instant,
  to: Instant,
  until: Instant.optional(),
  points: z.coerce.number().int().min(1).max(1_000).default(60),
  groupBy: z.enum(CONNECTION_GROUPINGS).optional(),
  groups: z.coerce.number().int().min(1).max(50).default(10),
});
export type SurvivalQuery = z.infer<typeof SurvivalQuery>;

export const GroupsQuery = NamespaceQuery.extend({
  by: z.enum(CONNECTION_GROUPINGS),
  at: Instant.optional(),
  ...pageParameters({ usual: 100, most: 1_000 }),
});
export type GroupsQuery = z.infer<typeof GroupsQuery>;
