import { type Process, type ProcessTable } from '@closewatch/protocol';
import { PROCESS_LISTING } from '../packing/process-pack.ts';
import { type SampledKind } from '../samples/sampled-kind.ts';

/** Process tables over time. A pid alone is reused; with the start it is not. */
export const PROCESS_SAMPLES: SampledKind<ProcessTable, Process> = {
  table: 'process',
  listing: PROCESS_LISTING,
  identityOf: ({ pid, startedAt }) => `${pid} ${startedAt}`,
};
