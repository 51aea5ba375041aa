import { fullestQueue, type Case, type Facts } from './case.ts';
import { VERDICT_LIMITS } from './limits.ts';
import { isSurelyBlocked } from './socket-verdict.ts';
import { type Verdict } from './verdict.ts';

/** How sure each verdict is where all its evidence is there and agrees. */
const AT_BEST: Readonly<Record<Verdict, number>> = {
  code_leak: 0.95,
  not_reading: 0.9,
  cpu_starved: 0.9,
  busy: 0.9,
  blocked_on_lock: 0.9,
  blocked_on_io: 0.9,
  stopped: 0.98,
  not_accepted: 0.95,
  half_closed: 0.9,
  send_blocked: 0.9,
  inherited: 0.9,
  kernel_owned: 0.8,
  turnover: 0.9,
  unknown: 0,
};

/** What counts for less: a young connection may be closed yet; read to the end by threads that are stuck; process unknown. */
const YOUNG = 0.6;
const AGED = 0.9;
const READ_THOUGH_STUCK = 0.8;
const BY_QUEUES_ALONE = 0.45;
const HELD_UP = 0.7;
const PROGRESS_UNTOLD = 0.9;
const BLOCKED_LATELY = 0.65;
const NO_QUEUE_SEEN = 0.8;

/** From 0 to 1, rounded to hundredths. */
export function confidenceOf(verdict: Verdict, facts: Facts, { members, condition, context }: Case): number {
  let confidence = AT_BEST[verdict];
  switch (verdict) {
    case 'code_leak':
    case 'not_reading':
      if (condition === undefined) confidence *= BY_QUEUES_ALONE;
      else confidence *= condition.is === 'healthy' ? condition.certainty : HELD_UP;
      if (verdict === 'code_leak' && facts.progressUntold > 0) confidence *= PROGRESS_UNTOLD;
      confidence *= byAge(facts);
      break;
    case 'stopped':
    case 'cpu_starved':
    case 'busy':
    case 'blocked_on_io':
    case 'blocked_on_lock':
      confidence *= condition?.certainty ?? 0;
      if (facts.count > 0 && facts.unread === 0 && verdict !== 'stopped') confidence *= READ_THOUGH_STUCK;
      if (facts.oldestMs < VERDICT_LIMITS.youngMs) confidence *= AGED;
      break;
    case 'not_accepted': {
      const queue = fullestQueue(members);
      if (queue === null || queue.length === 0) confidence *= NO_QUEUE_SEEN;
      confidence *= Math.max(byAge(facts), AGED);
      break;
    }
    case 'kernel_owned':
    case 'inherited':
      confidence *= byAge(facts);
      break;
    case 'turnover': {
      const { opened = 0, closed = 0 } = context.turnover ?? {};
      confidence *= Math.min(1, 0.5 + closed / Math.max(opened, 1) / 2);
      break;
    }
    case 'send_blocked':
      if (!members.some(isSurelyBlocked)) confidence *= BLOCKED_LATELY;
      break;
    case 'half_closed':
    case 'unknown':
      break;
  }
  return Math.round(confidence * 100) / 100;
}

/** Surer with each minute that it stays, up to five; orphaned descriptors are as sure as they get. */
function byAge({ count, oldestMs }: Facts): number {
  if (count === 0 || oldestMs >= VERDICT_LIMITS.lastingMs) return 1;
  if (oldestMs < VERDICT_LIMITS.youngMs) return YOUNG;
  return (
    AGED + ((1 - AGED) * (oldestMs - VERDICT_LIMITS.youngMs)) / (VERDICT_LIMITS.lastingMs - VERDICT_LIMITS.youngMs)
  );
}
