import { type GroupCommitLimits } from './group-commit.ts';

/** Where {@link GroupCommitLimits} of ingest are injected. */
export const INGEST_LIMITS = Symbol('ingest limits');

const MEBIBYTE = 1024 * 1024;

/**
 * How many pushes wait for the database, or are being read, and how many go together. Weights are bytes of JSON text:
 * parsed, a push takes about twice as much memory.
 */
export const USUAL_INGEST_LIMITS: GroupCommitLimits = {
  gatherMs: 1,
  waitingItems: 1_000,
  waitingWeight: 256 * MEBIBYTE,
  groupItems: 200,
  groupWeight: 16 * MEBIBYTE,
  groups: 2,
};
