import { computed, linkedSignal, type Signal } from '@angular/core';
import type { ConnectionChange } from '@closewatch/protocol';
import { readConnections } from '../connections/connection-reads.ts';
import type { HeardConnection } from '../live/host-watch.ts';
import { readChanges, NO_CHANGES, type ConnectionChanges } from './connection-changes.ts';

export interface ThenAsked {
  readonly hostId: string;
  readonly netns: number;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** Whether that is now: then why each does not close rests on all evidence. */
  readonly isNow: boolean;
  /** What to mark the difference to; null: nothing. */
  readonly againstMs: number | null;
}

export interface ConnectionsThen {
  /** The connections as of the instant, and those of the other one that are not there; undefined until they are read. */
  readonly rows: Signal<readonly HeardConnection[] | undefined>;
  /** By socketId, those that only one of the two instants has. */
  readonly marks: Signal<ReadonlyMap<string, ConnectionChange>>;
  readonly loading: Signal<boolean>;
  readonly error: Signal<Error | undefined>;
  reload(): void;
}

/** The connections of a host as of an instant, beside what was there at another. The last answer stays until the next is there. */
export function connectionsThen(asked: Signal<ThenAsked>): ConnectionsThen {
  const list = readConnections(
    computed(() => {
      const { hostId, netns, atMs, isNow } = asked();
      return { hostId, netns, at: isNow ? undefined : new Date(atMs).toISOString() };
    }),
  );
  const changes = readChanges(
    computed(() => {
      const { hostId, netns, atMs, againstMs } = asked();
      return againstMs === null ? undefined : { hostId, netns, fromMs: againstMs, toMs: atMs };
    }),
  );
  const of = computed(() => `${asked().hostId} ${asked().netns}`);
  const answer = linkedSignal<{ of: string; value: Answer | undefined }, Answer | undefined>({
    source: () => {
      const compared = asked().againstMs === null ? NO_CHANGES : changes.hasValue() ? changes.value() : undefined;
      const value = list.hasValue() && compared !== undefined ? { items: list.value(), changes: compared } : undefined;
      return { of: of(), value };
    },
    computation: (source, previous) => source.value ?? (previous?.source.of === source.of ? previous.value : undefined),
  });
  return {
    rows: computed(() => {
      const known = answer();
      return known && [...known.items, ...known.changes.vanished];
    }),
    marks: computed(() => marksOf(answer()?.changes ?? NO_CHANGES)),
    loading: computed(() => list.isLoading() || changes.isLoading()),
    error: computed(() => list.error() ?? changes.error()),
    reload: () => {
      list.reload();
      changes.reload();
    },
  };
}

interface Answer {
  readonly items: readonly HeardConnection[];
  readonly changes: ConnectionChanges;
}

function marksOf({ appeared, vanished }: ConnectionChanges): ReadonlyMap<string, ConnectionChange> {
  return new Map<string, ConnectionChange>([
    ...appeared.map(({ socketId }) => [socketId, 'appeared'] as const),
    ...vanished.map(({ socketId }) => [socketId, 'vanished'] as const),
  ]);
}
