import { type Sql } from '../database/data-source.ts';
import { type PartitionedTable } from '../database/partitions.queries.ts';
import { type Turns } from '../history/turns.ts';

/** Late samples of a namespace of a host, in whole hours: from `from` up to `until` (milliseconds), an hour or a day at most. */
export interface LateGroup {
  readonly hostId: number;
  readonly netns: number;
  readonly from: number;
  readonly until: number;
}

/** How samples of one kind become packs. */
export interface HourPacker {
  /** Rows, which are dropped by the day once packed. */
  readonly hot: PartitionedTable;
  /** What comes too late for that. */
  readonly late: string;
  /** Late samples of so long become packs in one transaction. */
  readonly lateBy: 'hour' | 'day';
  /** Where they go, by the hour. */
  readonly packs: readonly PartitionedTable[];

  /**
   * Packs the rows of some hosts of the hour that begins at `hour` (milliseconds) and is closed. Done again, it writes the
   * same once more.
   */
  packHour(sql: Sql, hour: number, hostIds: readonly number[], turns: Turns): Promise<void>;

  /** Moves late samples into packs, dropping repeats: what is packed already stands. Runs inside a transaction. */
  mergeLate(sql: Sql, group: LateGroup, turns: Turns): Promise<void>;
}
