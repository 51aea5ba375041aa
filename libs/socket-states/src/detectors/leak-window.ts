/**
 * The leaked sockets of one leak key at an instant (milliseconds since the epoch, when the snapshot was taken). Leaked: in
 * CLOSE_WAIT for 60 s and neither half-closed on purpose nor turnover, and orphaned descriptors.
 */
export interface LeakSample {
  readonly at: number;
  readonly leaked: number;
  /** Of these in CLOSE_WAIT for five minutes. */
  readonly old: number;
  /** How many became leaked since the sample before, and how many that were leaked have ended. */
  readonly opened: number;
  readonly ended: number;
  /** Longest time that one of them has been in CLOSE_WAIT; 0 without any. */
  readonly oldestMs: number;
  /** In CLOSE_WAIT of this key and not yet leaked: for less than 60 s. */
  readonly young: number;
}

/** Fewest leaked sockets in an hour; null: nothing was sampled in it. */
export interface HourlyMinimum {
  /** Start of the hour, milliseconds since the epoch. */
  readonly hour: number;
  readonly least: number | null;
}

/** Open descriptors of the process that holds most of the leaked sockets, by instants. */
export interface DescriptorSample {
  readonly at: number;
  readonly used: number;
  readonly limit: number;
  /** Share of the leaked sockets that this process holds, 0 to 1: the others fill descriptors of other processes. */
  readonly heldShare: number;
}

/** What is remembered of one leak key, oldest first. A key that is absent from a snapshot that is present has a sample of zeros. */
export interface LeakWindow {
  readonly samples: readonly LeakSample[];
  readonly hours: readonly HourlyMinimum[];
  readonly descriptors: readonly DescriptorSample[];
  /** Milliseconds between two snapshots of the host. */
  readonly intervalMs: number;
}
