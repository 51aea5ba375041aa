import { VERDICT_LIMITS } from './limits.ts';
import { type ObservedSocket } from './observed.ts';
import { type ProcessCondition } from './process-condition.ts';
import { type Verdict } from './verdict.ts';

/** How long it has been in CLOSE_WAIT at the instant `at`, in milliseconds; at least. */
export function waitedMs({ openedBefore }: Pick<ObservedSocket, 'openedBefore'>, at: number): number {
  return Math.max(0, at - Date.parse(openedBefore));
}

/**
 * Whether data went out after the peer's end of stream, and not long ago: the peer still takes it. Not by what a timer
 * repeats in vain.
 */
export function isHalfClosed(
  { openedBefore, lastSentAt, valuedAt, sendQueue, timer }: ObservedSocket,
  at: number,
): boolean {
  if (lastSentAt === null) return false;
  const sentAt = Date.parse(lastSentAt);
  if (sentAt < Date.parse(openedBefore) + VERDICT_LIMITS.sentAfterMs) return false;
  const asOf = valuedAt === undefined ? at : Date.parse(valuedAt);
  if (asOf - sentAt > VERDICT_LIMITS.sentWithinMs) return false;
  const repeats = sendQueue > 0 && timer?.kind === 'retransmit' && timer.retries >= VERDICT_LIMITS.blockedRetries;
  return !repeats;
}

/** Whether what is to be sent does not go out: a window that stays closed, or retransmits in vain. */
export function isSendBlocked({ openedBefore, sendQueue, timer, lastSentAt }: ObservedSocket, at: number): boolean {
  if (sendQueue === 0) return false;
  if (timer?.kind === 'retransmit' && timer.retries >= VERDICT_LIMITS.blockedRetries) return true;
  if (timer?.kind === 'zero_window_probe' && timer.retries >= VERDICT_LIMITS.blockedRetries) return true;
  const sinceSent = lastSentAt === null ? Infinity : at - Date.parse(lastSentAt);
  return Math.min(sinceSent, waitedMs({ openedBefore }, at)) >= VERDICT_LIMITS.blockedForMs;
}

/** How many processes hold it. */
export function holdersOf({ owners }: Pick<ObservedSocket, 'owners'>): number {
  return owners.length < 2 ? owners.length : new Set(owners.map(({ pid }) => pid)).size;
}

/** Why one connection, or such as are alike, does not close. */
export function socketVerdict(socket: ObservedSocket, condition: ProcessCondition | undefined, at: number): Verdict {
  if (socket.ownership === 'not_accepted') return 'not_accepted';
  if (isHalfClosed(socket, at)) return 'half_closed';
  if (isSendBlocked(socket, at)) return 'send_blocked';
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
