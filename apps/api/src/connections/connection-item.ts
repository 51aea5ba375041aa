import { type Connection, type ConnectionItem } from '@closewatch/protocol';
import { type ConnectionJudge } from '../verdicts/connection-judge.ts';

/** A connection as people read it, with its age at an instant (milliseconds since the epoch) and why it does not close. */
export function connectionItem(connection: Connection, at: number, judge: ConnectionJudge): ConnectionItem {
  const secondsSince = (instant: string): number => Math.max(0, at - Date.parse(instant)) / 1_000;
  const { openedAfter, openedBefore } = connection;
  return {
    ...connection,
    ageSeconds: {
      atLeast: secondsSince(openedBefore),
      atMost: openedAfter === null ? null : secondsSince(openedAfter),
    },
    verdict: judge.judge(connection, at),
  };
}
