import { type Ports } from '@closewatch/protocol';
import { type Destination, PORT_LISTING } from '../packing/port-pack.ts';
import { type SampledKind } from '../samples/sampled-kind.ts';

/** Port pressure over time. */
export const PORT_SAMPLES: SampledKind<Ports, Destination> = {
  table: 'port',
  listing: PORT_LISTING,
};
