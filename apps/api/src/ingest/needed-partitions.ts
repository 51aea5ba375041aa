import { type PartitionedTable } from '../database/partitions.queries.ts';
import { type PushToWrite } from './admission.ts';

const DAY_MS = 86_400_000;

/** Instants (milliseconds, whole days) for which pushes may bring rows, by table. */
export function neededPartitions(pushes: readonly PushToWrite[]): ReadonlyMap<PartitionedTable, ReadonlySet<number>> {
  const needed = new Map<PartitionedTable, Set<number>>();
  const need = (table: PartitionedTable, at: number): void => {
    let days = needed.get(table);
    if (days === undefined) needed.set(table, (days = new Set()));
    days.add(at - (at % DAY_MS));
  };
  for (const { items } of pushes) {
    for (const { snapshot, standsAt } of items) {
      need('snapshot', Date.parse(snapshot.takenAt));
      // A snapshot may end connections at its own instant.
      need('connection_ended', standsAt);
      for (const { endedAt } of snapshot.connections) {
        if (endedAt !== undefined) need('connection_ended', Date.parse(endedAt));
      }
      for (const { at } of snapshot.events ?? []) need('agent_event', Date.parse(at));
      if (snapshot.processes !== undefined) need('process_sample', standsAt);
      if (snapshot.ports !== undefined) need('port_sample', standsAt);
    }
  }
  return needed;
}
