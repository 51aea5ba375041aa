import { type Process, type ProcessTable } from '@closewatch/protocol';
import { PROCESS_LISTING } from '../packing/process-pack.ts';
import { type SampledKind } from '../samples/sampled-kind.ts';

/** Process tables over time. */
export const PROCESS_SAMPLES: SampledKind<ProcessTable, Process> = {
  table: 'process',
  listing: PROCESS_LISTING,
};
