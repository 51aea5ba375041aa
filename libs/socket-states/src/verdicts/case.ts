import { type ObservedSocket } from './observed.ts';
import { type ProcessCondition } from './process-condition.ts';
import { isIdleOutbound, type Dated } from './socket-verdict.ts';
import { type Verdict } from './verdict.ts';

export interface JudgeContext {
  /** The instant, in milliseconds since 1970. */
  readonly at: number;
  /** Connections of the same process and endpoint that entered and left CLOSE_WAIT lately. */
  readonly turnover?: { readonly opened: number; readonly closed: number } | undefined;
}

export interface Judged extends Dated {
  readonly verdict: Verdict;
}

export interface Case {
  /** Those that the verdict is about; none: orphaned descriptors. */
  readonly members: readonly Judged[];
  readonly others: readonly Judged[];
  readonly condition: ProcessCondition | undefined;
  readonly context: JudgeContext;
}

/** What members of a case have in common, summed up. Durations in milliseconds; sizes in bytes. */
export interface Facts {
  readonly count: number;
  readonly unread: number;
  readonly unreadBytes: number;
  /** Of which nothing but the peer's end of stream is unread. */
  readonly endUnread: number;
  readonly idleOutbound: number;
  readonly sendBytes: number;
  /** Of which it is not known how far the peer acknowledged, nor when data was sent. */
  readonly progressUntold: number;
  readonly oldestMs: number;
  /** Since data was sent last, of the one that sent last; infinite: none did. */
  readonly sentAgoMs: number;
}

export function factsOf(members: readonly Judged[]): Facts {
  let count = 0;
  let unread = 0;
  let unreadBytes = 0;
  let endUnread = 0;
  let idleOutbound = 0;
  let sendBytes = 0;
  let progressUntold = 0;
  let oldestMs = 0;
  let sentAgoMs = Infinity;
  for (const { socket, waitedMs, sentAgoMs: sentAgo } of members) {
    const many = socket.count ?? 1;
    count += many;
    if (socket.recvQueue > 0) unread += many;
    if (socket.recvQueue === 1) endUnread += many;
    if (isIdleOutbound(socket)) idleOutbound += many;
    if (socket.bytesAcked === null && socket.lastSentAt === null) progressUntold += many;
    unreadBytes += socket.recvQueue * many;
    sendBytes += socket.sendQueue * many;
    oldestMs = Math.max(oldestMs, waitedMs);
    sentAgoMs = Math.min(sentAgoMs, sentAgo);
  }
  return { count, unread, unreadBytes, endUnread, idleOutbound, sendBytes, progressUntold, oldestMs, sentAgoMs };
}

/** The accept queue they wait in, as full as it was seen; null: it was not seen. */
export function fullestQueue(members: readonly Judged[]): ObservedSocket['acceptQueue'] {
  let fullest: ObservedSocket['acceptQueue'] = null;
  const roomOf = (limit: number | null): number => limit ?? Infinity;
  for (const { socket } of members) {
    const { acceptQueue: queue } = socket;
    if (queue === null) continue;
    const isFuller =
      fullest === null ||
      queue.length > fullest.length ||
      (queue.length === fullest.length && roomOf(queue.limit) < roomOf(fullest.limit));
    if (isFuller) fullest = queue;
  }
  return fullest;
}
