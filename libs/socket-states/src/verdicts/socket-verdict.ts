import { VERDICT_LIMITS } from './limits.ts';
import { type ObservedSocket } from './observed.ts';
import { type ProcessCondition } from './process-condition.ts';
import { type Verdict } from './verdict.ts';

/** A connection with its instants as durations in milliseconds, of which everything else is made. */
export interface Dated {
  readonly socket: ObservedSocket;
  /** How long it has been in CLOSE_WAIT; at least. */
  readonly waitedMs: number;
  /** How long ago data was sent last; infinite: never. */
  readonly sentAgoMs: number;
  /** The same when that was told. */
  readonly sentAgoThenMs: number;
  /** How long after the peer's end of stream; minus infinity: never. */
  readonly sentAfterMs: number;
}

export function datedAt(socket: ObservedSocket, at: number): Dated {
  const openedAt = Date.parse(socket.openedBefore);
  const waitedMs = Math.max(0, at - openedAt);
  if (socket.lastSentAt === null) {
    return { socket, waitedMs, sentAgoMs: Infinity, sentAgoThenMs: Infinity, sentAfterMs: -Infinity };
  }
  const sentAt = Date.parse(socket.lastSentAt);
  const sentAgoMs = Math.max(0, at - sentAt);
  return {
    socket,
    waitedMs,
    sentAgoMs,
    sentAgoThenMs: socket.valuedAt === undefined ? sentAgoMs : Math.max(0, Date.parse(socket.valuedAt) - sentAt),
    sentAfterMs: sentAt - openedAt,
  };
}

/**
 * Whether data went out after the peer's end of stream, and not long ago: the peer still takes it. Not by what a timer
 * repeats in vain.
 */
function isHalfClosed({ socket, sentAfterMs, sentAgoThenMs }: Dated): boolean {
  if (sentAfterMs < VERDICT_LIMITS.sentAfterMs || sentAgoThenMs > VERDICT_LIMITS.sentWithinMs) return false;
  return !isInVain(socket, 'retransmit');
}

/** Whether what is to be sent does not go out: a window that is closed, or retransmits in vain. */
function isSendBlocked(dated: Dated): boolean {
  const { socket } = dated;
  if (socket.sendQueue === 0) return false;
  const { kind, retries = 0 } = socket.timer ?? {};
  return kind === 'zero_window_probe' || (kind === 'retransmit' && retries > 0) || isSurelyBlocked(dated);
}

/** Whether the kernel has repeated itself so often that the peer is sure to take nothing. */
export function isSurelyBlocked({ socket, sentAgoThenMs, waitedMs }: Dated): boolean {
  if (isInVain(socket, 'retransmit') || isInVain(socket, 'zero_window_probe')) return true;
  return Math.min(sentAgoThenMs, waitedMs) >= VERDICT_LIMITS.blockedForMs;
}

function isInVain({ sendQueue, timer }: ObservedSocket, kind: string): boolean {
  return sendQueue > 0 && timer?.kind === kind && timer.retries >= VERDICT_LIMITS.blockedRetries;
}

/** How many processes hold it. */
export function holdersOf({ owners }: Pick<ObservedSocket, 'owners'>): number {
  return owners.length < 2 ? owners.length : new Set(owners.map(({ pid }) => pid)).size;
}

/** Why one connection, or such as are alike, does not close. */
export function socketVerdict(dated: Dated, condition: ProcessCondition | undefined): Verdict {
  const { socket } = dated;
  if (socket.ownership === 'not_accepted') return 'not_accepted';
  if (isHalfClosed(dated)) return 'half_closed';
  if (isSendBlocked(dated)) return 'send_blocked';
  if (socket.ownership === 'hidden') return 'unknown';
  if (socket.ownership === 'none') return 'kernel_owned';
  if (holdersOf(socket) > 1) return 'inherited';
  const isUnread = socket.recvQueue > 0;
  if (condition === undefined) return isUnread ? 'unknown' : 'code_leak';
  return verdictByProcess(condition, { isUnread, isIdleOutbound: isIdleOutbound(socket) });
}

/** A peer that was dialled has closed, and nothing but that is unread: an idle connection that a pool keeps. */
export function isIdleOutbound({ direction, recvQueue }: Pick<ObservedSocket, 'direction' | 'recvQueue'>): boolean {
  return direction === 'outbound' && recvQueue === 1;
}

/** Of what a process holds, by its condition. Who gets around to polling has read what is read, and leaks it. */
export function verdictByProcess(
  condition: ProcessCondition,
  { isUnread, isIdleOutbound }: { readonly isUnread: boolean; readonly isIdleOutbound: boolean },
): Verdict {
  const { is, getsAround, futexOnly } = condition;
  if (is === 'healthy') return isUnread ? 'not_reading' : 'code_leak';
  if (getsAround && !isUnread) return 'code_leak';
  // All of a pool's threads wait in futex while nobody wants a connection: no deadlock.
  return futexOnly && isIdleOutbound ? 'not_reading' : is;
}
