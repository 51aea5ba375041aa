import { type Backfill } from './backfill.ts';

/** What this release fills in the background, oldest first. One is taken away with the release whose contract step needs it. */
export const BACKFILLS: readonly Backfill[] = [];
