import { type JudgeContext, type Judged } from './case.ts';
import { explain } from './explain.ts';
import { VERDICT_LIMITS } from './limits.ts';
import { type ObservedProcess, type ObservedSocket } from './observed.ts';
import { conditionOf, type ProcessCondition } from './process-condition.ts';
import { datedAt, socketVerdict, verdictByProcess } from './socket-verdict.ts';
import { HARMLESS_VERDICTS, type Finding, type Verdict } from './verdict.ts';

/**
 * Why connections in CLOSE_WAIT of one process and endpoint do not close, or one of them, and what that rests on. `process`
 * undefined: nothing is known of who holds them. Without sockets it is said of orphaned descriptors.
 *
 * Of very many judge one by one with `judgeWith`, for what is of the process is found out once.
 */
export function judge(
  sockets: readonly ObservedSocket[],
  process: ObservedProcess | undefined,
  context: JudgeContext,
): Finding {
  return judgeWith(process && conditionOf(process), sockets, context);
}

/** The same with what `conditionOf` says of the process. */
export function judgeWith(
  condition: ProcessCondition | undefined,
  sockets: readonly ObservedSocket[],
  context: JudgeContext,
): Finding {
  const { at } = context;
  if (sockets.length === 0) {
    const verdict =
      condition === undefined ? 'unknown' : verdictByProcess(condition, { isUnread: false, isIdleOutbound: false });
    return explain(verdict, { members: [], others: [], condition, context });
  }
  const [only] = sockets;
  // Most are judged one by one, of many thousands.
  if (only !== undefined && sockets.length === 1) {
    return verdictOn([judgedAt(only, condition, at)], [], condition, context);
  }
  const judged = sockets.map((socket) => judgedAt(socket, condition, at));
  const verdict = mostFrequent(considered(judged));
  const members = judged.filter((one) => one.verdict === verdict);
  const others = judged.filter((one) => one.verdict !== verdict);
  return verdictOn(members, others, condition, context);
}

function judgedAt(socket: ObservedSocket, condition: ProcessCondition | undefined, at: number): Judged {
  const dated = datedAt(socket, at);
  return { ...dated, verdict: socketVerdict(dated, condition) };
}

/** `members` have one verdict. */
function verdictOn(
  members: readonly Judged[],
  others: readonly Judged[],
  condition: ProcessCondition | undefined,
  context: JudgeContext,
): Finding {
  const verdict = members[0]?.verdict ?? 'unknown';
  const told = isTurnover(verdict, members, condition, context) ? 'turnover' : verdict;
  return explain(told, { members, others, condition, context });
}

/** Those that a verdict on all is about: such as leak before such as pass through, and faults before what is none. */
function considered(judged: readonly Judged[]): readonly Judged[] {
  const leaking = judged.filter(
    ({ waitedMs, verdict }) => !HARMLESS_VERDICTS.has(verdict) && waitedMs >= VERDICT_LIMITS.youngMs,
  );
  return leaking.length > 0 ? leaking : judged;
}

function mostFrequent(judged: readonly Judged[]): Verdict {
  const counts = new Map<Verdict, number>();
  for (const { socket, verdict } of judged) counts.set(verdict, (counts.get(verdict) ?? 0) + (socket.count ?? 1));
  let most: Verdict = 'unknown';
  let count = 0;
  // Of as many the same whatever order they come in.
  for (const [verdict, of] of counts) {
    if (of > count || (of === count && verdict < most)) [most, count] = [verdict, of];
  }
  return most;
}

/** All are young, and of those that came most have gone. A stopped process lets none go. */
function isTurnover(
  verdict: Verdict,
  members: readonly Judged[],
  condition: ProcessCondition | undefined,
  { turnover }: JudgeContext,
): boolean {
  if (turnover === undefined || verdict === 'half_closed' || condition?.is === 'stopped') return false;
  const { opened, closed } = turnover;
  if (closed === 0 || closed * 2 < opened) return false;
  return members.every(({ waitedMs }) => waitedMs < VERDICT_LIMITS.youngMs);
}
