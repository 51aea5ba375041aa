import { factsOf, type Case, type Facts } from './case.ts';
import { confidenceOf } from './confidence.ts';
import { reason } from './reason.ts';
import {
  acceptQueueReasons,
  ageReasons,
  mostHolders,
  pidsOf,
  queueReasons,
  sendReasons,
  type Told,
} from './socket-reasons.ts';
import { type Finding, type Reason, type Verdict } from './verdict.ts';

/** The verdict with all that speaks for and against it, and what is missing. */
export function explain(verdict: Verdict, of: Case): Finding {
  const facts = factsOf(of.members);
  const told = reasonsOf(verdict, facts, of);
  const against = [...told.against, ...othersOf(verdict, of)];
  const { process } = of.condition ?? {};
  return {
    verdict,
    confidence: confidenceOf(verdict, facts, of),
    for: told.for,
    against,
    missing: told.missing,
    advice: {
      key: `advice.${verdict}`,
      parameters: {
        ...(process === undefined ? {} : { pid: process.process.pid, executable: process.process.executable }),
        ...(verdict === 'inherited' ? { pids: pidsOf(of.members) } : {}),
      },
    },
  };
}

function reasonsOf(verdict: Verdict, facts: Facts, { members, condition, context }: Case): Told {
  const queue = queueReasons(facts);
  const age = ageReasons(facts);
  switch (verdict) {
    case 'not_accepted':
      return acceptQueueReasons(members, age);
    case 'half_closed':
      return {
        for: [reason('reason.sent_after_end', { sentAgoMs: facts.sentAgoMs })],
        against: facts.sendBytes > 0 ? [reason('reason.send_queue', { bytes: facts.sendBytes })] : [],
        missing: [],
      };
    case 'send_blocked':
      return {
        for: [...sendReasons(members, facts, condition), ...age.for],
        against: age.against,
        missing: [],
      };
    case 'unknown':
      return {
        for: facts.count > 0 ? queue : [],
        against: [],
        missing: members.some(({ socket }) => socket.ownership === 'hidden')
          ? [reason('missing.owner_hidden')]
          : [reason('missing.process'), ...(condition?.missing ?? [])],
      };
    case 'kernel_owned':
      return { for: [reason('reason.no_owner'), ...age.for], against: age.against, missing: [] };
    case 'inherited':
      return {
        for: [reason('reason.several_owners', { processes: mostHolders(members), pids: pidsOf(members) }), ...age.for],
        against: [
          ...age.against,
          ...(condition === undefined || condition.is === 'healthy'
            ? []
            : [reason('reason.process_stuck', { verdict: condition.is })]),
        ],
        missing: [],
      };
    case 'turnover':
      return {
        for: [reason('reason.turnover', { ...context.turnover }), reason('reason.young', { oldestMs: facts.oldestMs })],
        against: [],
        missing: [],
      };
    case 'code_leak':
    case 'not_reading':
    case 'stopped':
    case 'cpu_starved':
    case 'busy':
    case 'blocked_on_io':
    case 'blocked_on_lock':
      return reasonsByProcess(verdict, { facts, queue, age, condition });
  }
}

/** Of verdicts that the process decides. */
function reasonsByProcess(
  verdict: Verdict,
  {
    facts,
    queue,
    age,
    condition,
  }: { facts: Facts; queue: readonly Reason[]; age: Pick<Told, 'for' | 'against'>; condition: Case['condition'] },
): Told {
  const orphaned = facts.count === 0 ? (condition?.process.orphaned ?? 0) : 0;
  const sockets = orphaned > 0 ? [reason('reason.orphaned', { count: orphaned })] : queue;
  // Without it a half-close that works looks like a leak.
  const untold = verdict === 'code_leak' && facts.progressUntold > 0 ? [reason('missing.progress')] : [];
  if (condition === undefined) {
    return { for: [...sockets, ...age.for], against: age.against, missing: [reason('missing.process'), ...untold] };
  }
  const isHealthy = verdict === 'code_leak' || verdict === 'not_reading';
  const agrees = isHealthy ? condition.is === 'healthy' : true;
  const idle =
    verdict === 'not_reading' && facts.idleOutbound > 0
      ? [reason('reason.idle_outbound', { count: facts.idleOutbound })]
      : [];
  const readThough = !isHealthy && facts.count > 0 && facts.unread === 0;
  return {
    for: [
      ...(readThough ? [] : sockets),
      ...idle,
      ...(agrees ? condition.for : onlyPolled(condition.against)),
      ...age.for,
    ],
    against: [
      ...(readThough ? sockets : []),
      ...(agrees ? condition.against : [...condition.for, ...withoutPolled(condition.against)]),
      ...age.against,
    ],
    missing: [...condition.missing, ...untold],
  };
}

const isPolled = ({ key }: Reason): boolean => key === 'reason.polled';
const onlyPolled = (reasons: readonly Reason[]): Reason[] => reasons.filter(isPolled);
const withoutPolled = (reasons: readonly Reason[]): Reason[] => reasons.filter((one) => !isPolled(one));

/** What the rest of a group looks like, most of it first. */
function othersOf(verdict: Verdict, { others }: Case): Reason[] {
  const counts = new Map<Verdict, number>();
  for (const { socket, verdict: other } of others) counts.set(other, (counts.get(other) ?? 0) + (socket.count ?? 1));
  return [...counts]
    .filter(([other]) => other !== verdict)
    .toSorted(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
    .map(([other, count]) => reason('reason.others', { count, verdict: other }));
}
