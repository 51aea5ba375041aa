import { type Snapshot } from '@closewatch/protocol';

export interface SnapshotRow {
  readonly hostId: number;
  readonly runId: string;
  readonly snapshot: Snapshot;
  /** The instant that its contents stand for, milliseconds since the epoch; earlier than `takenAt` if that was ahead. */
  readonly standsAt: number;
}

/** What makes a snapshot that one and no other. */
export function snapshotKey(hostId: number, netns: number, takenAtMs: number): string {
  return `${hostId} ${netns} ${takenAtMs}`;
}
