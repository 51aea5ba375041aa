import {
  type Issue,
  issuesOf,
  type Push,
  PROTOCOL_VERSION,
  PushSchema,
  type Snapshot,
  SnapshotSchema,
} from '@closewatch/protocol';
import { RETENTION_MS } from '../database/partitions.service.ts';
import { ApiError } from '../errors/api-error.ts';

/** Clocks may be ahead by this much; later instants are refused. */
const FUTURE_LIMIT_MS = 10 * 60_000;

export interface AcceptedItem {
  /** Position in the push. */
  readonly index: number;
  readonly snapshot: Snapshot;
}

export interface RejectedItem {
  readonly index: number;
  readonly issues: Issue[];
}

export interface ParsedPush {
  readonly header: Omit<Push, 'snapshots'>;
  readonly items: readonly AcceptedItem[];
  readonly rejected: readonly RejectedItem[];
}

/**
 * Parses the body of a push: protocol version first (another version may have any shape), then the envelope, then
 * each snapshot by itself. Throws {@link ApiError} 426 and 400; a bad snapshot alone is listed in `rejected`.
 */
export function parsePush(body: unknown, now: number): ParsedPush {
  refuseOtherVersions(body);
  const envelope = PushSchema.safeParse(body);
  if (!envelope.success) throw ApiError.badRequest('The push is not valid.', issuesOf(envelope.error));
  const { snapshots, ...header } = envelope.data;
  const items: AcceptedItem[] = [];
  const rejected: RejectedItem[] = [];
  for (const [index, candidate] of snapshots.entries()) {
    const snapshot = SnapshotSchema.safeParse(candidate);
    const issues = snapshot.success ? instantIssues(snapshot.data, now) : issuesOf(snapshot.error);
    if (snapshot.success && issues.length === 0) items.push({ index, snapshot: snapshot.data });
    else rejected.push({ index, issues });
  }
  return { header, items, rejected };
}

function refuseOtherVersions(body: unknown): void {
  if (typeof body !== 'object' || body === null || !('protocol' in body)) return;
  const { protocol } = body;
  if (typeof protocol !== 'number' || protocol === PROTOCOL_VERSION) return;
  throw new ApiError(
    426,
    'Upgrade Required',
    `The agent speaks protocol ${protocol}, this server speaks ${PROTOCOL_VERSION}. ` +
      `Upgrade the ${protocol < PROTOCOL_VERSION ? 'agent' : 'server'}.`,
    [{ path: 'protocol', message: `must be ${PROTOCOL_VERSION}` }],
  );
}

/** Instants that no partition or no calendar takes. */
function instantIssues({ takenAt, connections }: Snapshot, now: number): Issue[] {
  const issues: Issue[] = [];
  const check = (path: string, instant: string | null | undefined, oldest: number): void => {
    if (instant === null || instant === undefined) return;
    const at = Date.parse(instant);
    if (at > now + FUTURE_LIMIT_MS) issues.push({ path, message: 'must not be more than 10 minutes in the future' });
    if (at < oldest) {
      const message = oldest === 0 ? 'must not be before 1970' : 'must not be older than the retention of 35 days';
      issues.push({ path, message });
    }
  };
  check('takenAt', takenAt, now - RETENTION_MS);
  for (const [index, connection] of connections.entries()) {
    check(`connections.${index}.openedAfter`, connection.openedAfter, 0);
    check(`connections.${index}.openedBefore`, connection.openedBefore, 0);
    check(`connections.${index}.firstSeenAt`, connection.firstSeenAt, 0);
    check(`connections.${index}.lastSeenAt`, connection.lastSeenAt, 0);
    check(`connections.${index}.endedAt`, connection.endedAt, now - RETENTION_MS);
  }
  return issues;
}
