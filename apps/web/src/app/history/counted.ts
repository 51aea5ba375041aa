import type { Host } from '@closewatch/protocol';
import type { StateCounts } from '@closewatch/socket-states';

/** What a host, or one network namespace of it, was last seen to have. */
export interface Counted {
  /** 0 is the host's own namespace. */
  readonly netns: number;
  /** ISO 8601. */
  readonly lastSeenAt: string;
  readonly intervalMs: number;
  /** Null: not known now. */
  readonly counts: StateCounts | null;
}

/** What is counted in the host's own namespace. */
export function ownCounted({ lastSeenAt, intervalMs, counts }: Host): Counted {
  return { netns: 0, lastSeenAt, intervalMs, counts };
}
