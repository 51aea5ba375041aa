import {
  type Issue,
  issuesOf,
  type Push,
  PROTOCOL_VERSION,
  PushSchema,
  type Snapshot,
  SnapshotSchema,
} from '@closewatch/protocol';
import { ApiError } from '../errors/api-error.ts';
import { isoInstant } from '../time/clock.ts';
import { notAfter } from './not-after.ts';
import { type Envelope, quickEnvelope, quickSnapshot } from './quick-push.ts';

/**
 * Clocks may be ahead of ours by this much; later instants are refused. An agent learns our clock from every answer:
 * what is further ahead is a broken clock, and would hide what comes after it.
 */
const AHEAD_LIMIT_MS = 60_000;

const DAY_MS = 86_400_000;

/** How old what is pushed may be, in days: as long as it is kept. */
export interface OldestAccepted {
  /** Of snapshots with all they tell but: */
  readonly snapshotDays: number;
  /** ... the ends of connections, */
  readonly endedDays: number;
  /** ... and the agent's events, of which older ones are left out. */
  readonly eventDays: number;
}

export interface AcceptedItem {
  /** Position in the push. */
  readonly index: number;
  /** As it was pushed, but no instant in it but `takenAt` is later than the push came. */
  readonly snapshot: Snapshot;
  /**
   * The instant that its contents stand for, milliseconds since the epoch: `takenAt`, or when it came if that was
   * earlier. `takenAt` itself stays what it is: it is the snapshot's identity, by which a retry is known.
   */
  readonly standsAt: number;
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
export function parsePush(body: unknown, now: number, oldest: OldestAccepted): ParsedPush {
  const { snapshots, ...header } = quickEnvelope(body) ?? parseEnvelope(body);
  const items: AcceptedItem[] = [];
  const rejected: RejectedItem[] = [];
  for (const [index, candidate] of snapshots.entries()) {
    const told = parseSnapshot(candidate);
    const issues = Array.isArray(told) ? told : instantIssues(told, now, oldest);
    if (Array.isArray(told) || issues.length > 0) rejected.push({ index, issues });
    else {
      const snapshot = notAfter(told, now, now - oldest.eventDays * DAY_MS);
      items.push({ index, snapshot, standsAt: Math.min(Date.parse(told.takenAt), now) });
    }
  }
  return { header, items, rejected };
}

function parseEnvelope(body: unknown): Envelope {
  refuseOtherVersions(body);
  const envelope = PushSchema.safeParse(body);
  if (envelope.success) return envelope.data;
  throw ApiError.badRequest('The push is not valid.', issuesOf(envelope.error));
}

function parseSnapshot(candidate: unknown): Snapshot | Issue[] {
  const quick = quickSnapshot(candidate);
  if (quick !== undefined) return quick;
  const snapshot = SnapshotSchema.safeParse(candidate);
  return snapshot.success ? snapshot.data : issuesOf(snapshot.error);
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
function instantIssues(
  { takenAt, connections }: Snapshot,
  now: number,
  { snapshotDays, endedDays }: OldestAccepted,
): Issue[] {
  const issues: Issue[] = [];
  const check = (path: string, instant: string | null | undefined, keptDays?: number): void => {
    if (instant === null || instant === undefined) return;
    const at = Date.parse(instant);
    if (at > now + AHEAD_LIMIT_MS) issues.push({ path, message: aheadOf(at, now) });
    if (keptDays !== undefined && at < now - keptDays * DAY_MS) {
      issues.push({ path, message: `must not be older than the retention of ${keptDays} days` });
    }
  };
  check('takenAt', takenAt, snapshotDays);
  for (const [index, connection] of connections.entries()) {
    check(`connections.${index}.openedAfter`, connection.openedAfter);
    check(`connections.${index}.openedBefore`, connection.openedBefore);
    check(`connections.${index}.firstSeenAt`, connection.firstSeenAt);
    check(`connections.${index}.lastSeenAt`, connection.lastSeenAt);
    check(`connections.${index}.endedAt`, connection.endedAt, endedDays);
  }
  return issues;
}

function aheadOf(at: number, now: number): string {
  const seconds = Math.ceil((at - now) / 1_000);
  return (
    `is ${seconds} s ahead of the server's time, ${isoInstant(now)}, and must not be more than ` +
    `${AHEAD_LIMIT_MS / 1_000} s ahead: check the agent's clock`
  );
}
