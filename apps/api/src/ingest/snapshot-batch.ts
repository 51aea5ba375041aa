import { type PushToWrite } from './admission.ts';
import { type AcceptedItem } from './push-parser.ts';
import { snapshotKey, type SnapshotRow } from './snapshots.queries.ts';

export interface BatchRow extends SnapshotRow {
  readonly push: PushToWrite;
  readonly key: string;
}

/** The snapshots of a transaction, each once: of repeats within it the first counts. */
export class SnapshotBatch {
  private readonly rows = new Map<string, BatchRow>();

  add(hostId: number, push: PushToWrite, { snapshot, standsAt }: AcceptedItem): void {
    const key = snapshotKey(hostId, snapshot.netns, Date.parse(snapshot.takenAt));
    if (!this.rows.has(key)) this.rows.set(key, { hostId, push, key, snapshot, standsAt, runId: push.header.runId });
  }

  /** Ordered by key, so that two servers lock in the same order. */
  get snapshots(): BatchRow[] {
    return [...this.rows.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  only(keys: ReadonlySet<string>): BatchRow[] {
    return keys.size === this.rows.size
      ? [...this.rows.values()]
      : [...this.rows.values()].filter(({ key }) => keys.has(key));
  }
}
