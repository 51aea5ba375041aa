import { Instant, SAMPLE_LIMITS } from '@closewatch/protocol';
import { z } from 'zod';
import { NamespaceQuery } from '../namespaces/namespace-query.ts';

/** A whole number from `least` to `most`, as query parameter. */
export function wholeNumber(least: number, most: number) {
  const error = `must be a whole number from ${least.toLocaleString('en')} to ${most.toLocaleString('en')}`;
  return z.coerce.number({ error }).int({ error }).min(least, { error }).max(most, { error });
}

/** Query parameters of what is read now or as of an instant. */
export const SampleAtQuery = NamespaceQuery.extend({ at: Instant.optional() });
export type SampleAtQuery = z.infer<typeof SampleAtQuery>;

/** Query parameters of every history of samples. */
export const SampleHistoryQuery = NamespaceQuery.extend({
  from: Instant.optional(),
  to: Instant.optional(),
  points: wholeNumber(1, SAMPLE_LIMITS.points).default(300),
  top: wholeNumber(1, SAMPLE_LIMITS.top).default(10),
});
export type SampleHistoryQuery = z.infer<typeof SampleHistoryQuery>;
