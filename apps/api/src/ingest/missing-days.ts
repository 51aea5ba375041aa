/**
 * Connections are to be ended on days that connection_ended has no partition for: past its retention, but the snapshots
 * that tell of them are still there. Nothing was stored. To make a partition takes locks that must not be held until a
 * commit, so that is done first, and the push written again.
 */
export class MissingDaysError extends Error {
  /** `instants`: milliseconds since the epoch. */
  constructor(readonly instants: readonly number[]) {
    super('Connections have ended on days that have no partition.');
    this.name = 'MissingDaysError';
  }
}
