import { type Connection, type ConnectionItem } from '@closewatch/protocol';

/** A connection as people read it, with its age at an instant (milliseconds since the epoch). */
export function connectionItem(connection: Connection, at: number): ConnectionItem {
  const secondsSince = (instant: string): number => Math.max(0, at - Date.parse(instant)) / 1_000;
  const { openedAfter, openedBefore } = connection;
  return {
    ...connection,
    ageSeconds: {
      atLeast: secondsSince(openedBefore),
      atMost: openedAfter === null ? null : secondsSince(openedAfter),
    },
    verdict: null,
  };
}
