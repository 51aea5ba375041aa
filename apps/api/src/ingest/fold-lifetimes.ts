import { type Lifetime, lifetimeOf, merged } from './lifetime.ts';
import { type LifetimeRow } from './lifetimes.queries.ts';
import { type SnapshotRow } from './snapshots.queries.ts';

/** What some snapshots say about connections, one row each, ordered by key. */
export function foldLifetimes(rows: readonly SnapshotRow[]): LifetimeRow[] {
  const folded = new Map<string, { hostId: number; lifetime: Lifetime }>();
  for (const { hostId, snapshot, standsAt } of rows) {
    for (const connection of snapshot.connections) {
      const lifetime = lifetimeOf(connection, snapshot, standsAt);
      const key = `${hostId} ${lifetime.socketId}`;
      const known = folded.get(key);
      folded.set(key, { hostId, lifetime: known === undefined ? lifetime : merged(known.lifetime, lifetime) });
    }
  }
  return [...folded.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}
