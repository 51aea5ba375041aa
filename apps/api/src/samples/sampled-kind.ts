import { type ListingKind } from '../packing/listing.ts';
import { type SampleTable } from './stored-samples.queries.ts';

/** A kind of section that has a history: where it is kept, and how it is packed. */
export interface SampledKind<Content, Thing> {
  readonly table: SampleTable;
  readonly listing: ListingKind<Content, Thing>;
}
