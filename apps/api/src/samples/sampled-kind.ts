import { type ListingKind } from '../packing/listing.ts';
import { type SampleTable } from './stored-samples.queries.ts';

/** A kind of section that has a history: where it is kept, how it is packed, and which of its things are the same. */
export interface SampledKind<Content, Thing> {
  readonly table: SampleTable;
  readonly listing: ListingKind<Content, Thing>;
  /** The same for a thing over time, whatever else is told of it. */
  readonly identityOf: (thing: Thing) => string;
}
