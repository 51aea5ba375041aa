import { type SectionContents, sectionsOf } from '../sections/section-kinds.ts';
import { type SnapshotRow } from './snapshots.queries.ts';

/** A section of a snapshot. */
export interface SectionRow {
  readonly hostId: number;
  readonly netns: number;
  readonly kind: string;
  /** The instant that its contents stand for, milliseconds since the epoch. */
  readonly standsAt: number;
  readonly runId: string;
  /** How many things it tells of, where that is asked for without its contents. */
  readonly total: number | null;
  readonly content: unknown;
}

/** The sections of some snapshots, of each kind the newest, ordered by key. */
export function newestSections(rows: readonly SnapshotRow[]): SectionRow[] {
  const newest = new Map<string, SectionRow>();
  for (const { hostId, runId, snapshot, standsAt } of inOrder(rows)) {
    const { netns } = snapshot;
    for (const [kind, content] of sectionsOf(snapshot)) {
      const total = kind === 'orphans' ? (content as SectionContents['orphans']).count : null;
      newest.set(`${hostId} ${netns} ${kind}`, { hostId, netns, kind, standsAt, runId, total, content });
    }
  }
  return [...newest.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

/** The oldest first. Those from a clock ahead of ours stand for one instant, and stay in the order of that clock. */
export function inOrder<Row extends SnapshotRow>(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => a.standsAt - b.standsAt || (a.snapshot.takenAt < b.snapshot.takenAt ? -1 : 1));
}
