import { fullestQueue, type Case, type Facts, type Judged } from './case.ts';
import { VERDICT_LIMITS } from './limits.ts';
import { reason } from './reason.ts';
import { holdersOf } from './socket-verdict.ts';
import { type Finding, type Reason } from './verdict.ts';

/** What a finding tells beside its verdict. */
export type Told = Pick<Finding, 'for' | 'against' | 'missing'>;

export function queueReasons({ count, unread, unreadBytes, endUnread }: Facts): Reason[] {
  if (count === 0) return [];
  if (unread === 0) return [reason('reason.read_to_the_end', { count })];
  if (endUnread === unread) return [reason('reason.only_end_unread', { count: unread })];
  return [reason('reason.unread', { count: unread, bytes: unreadBytes })];
}

export function ageReasons({ count, oldestMs }: Facts): {
  readonly for: readonly Reason[];
  readonly against: readonly Reason[];
} {
  if (count === 0) return { for: [], against: [] };
  return oldestMs < VERDICT_LIMITS.youngMs
    ? { for: [], against: [reason('reason.young', { oldestMs })] }
    : { for: [reason('reason.persists', { oldestMs })], against: [] };
}

export function sendReasons(members: readonly Judged[], { sendBytes }: Facts, condition: Case['condition']): Reason[] {
  const retriesOf = (kind: string): number =>
    members.reduce((most, { socket: { timer } }) => (timer?.kind === kind ? Math.max(most, timer.retries) : most), 0);
  const probes = retriesOf('zero_window_probe');
  const retransmits = retriesOf('retransmit');
  return [
    reason('reason.send_queue', { bytes: sendBytes }),
    ...(probes > 0 ? [reason('reason.zero_window', { retries: probes })] : []),
    ...(retransmits > 0 ? [reason('reason.retransmits', { retries: retransmits })] : []),
    ...sendingReasons(condition),
  ];
}

function sendingReasons(condition: Case['condition']): Reason[] {
  return condition === undefined || condition.sending.threads === 0
    ? []
    : [reason('reason.sending', condition.sending)];
}

export function acceptQueueReasons(members: readonly Judged[], age: Pick<Told, 'for' | 'against'>): Told {
  const queue = fullestQueue(members);
  const told: Reason[] = [reason('reason.no_descriptor')];
  const against: Reason[] = [...age.against];
  if (queue !== null) {
    const { length, limit } = queue;
    if (length === 0) against.push(reason('reason.accept_queue_empty'));
    // The kernel lets one more in than the backlog says.
    else if (limit !== null && length >= limit) told.push(reason('reason.accept_queue_full', { length, limit }));
    else told.push(reason('reason.accept_queue', { length }));
  }
  return {
    for: [...told, ...age.for],
    against,
    missing: queue === null ? [reason('missing.accept_queue')] : [],
  };
}

export function mostHolders(members: readonly Judged[]): number {
  return members.reduce((most, { socket }) => Math.max(most, holdersOf(socket)), 0);
}

export function pidsOf(members: readonly Judged[]): string {
  const pids = new Set(members.flatMap(({ socket }) => socket.owners.map(({ pid }) => pid)));
  return [...pids]
    .toSorted((a, b) => a - b)
    .slice(0, 8)
    .join(', ');
}
