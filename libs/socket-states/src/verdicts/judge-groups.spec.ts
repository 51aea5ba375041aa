import { describe, expect, it } from '@jest/globals';
import { AT, ago, observedProcess, observedSocket, waits } from '../testing/observed.ts';
import { judge, judgeWith } from './judge.ts';
import { type ObservedSocket } from './observed.ts';
import { conditionOf } from './process-condition.ts';
import { type Finding, type Verdict } from './verdict.ts';

const context = { at: AT };
const keysOf = (reasons: Finding['for']): string[] => reasons.map(({ key }) => key);

describe('the verdict on a group', () => {
  it('is that of most, and names the others', () => {
    const finding = judge(
      [observedSocket({ count: 3 }), observedSocket({ count: 40, recvQueue: 19 })],
      observedProcess(),
      context,
    );
    expect(finding.verdict).toBe('not_reading');
    expect(finding.for[0]).toEqual({ key: 'reason.unread', parameters: { count: 40, bytes: 40 * 19 } });
    expect(finding.against).toEqual([{ key: 'reason.others', parameters: { count: 3, verdict: 'code_leak' } }]);
  });

  it('is about those that leak, however many pass by or are half-closed', () => {
    const finding = judge(
      [
        observedSocket({ count: 2 }),
        observedSocket({ count: 500, recvQueue: 9, openedBefore: ago(2_000), lastSentAt: null }),
        observedSocket({ count: 100, lastSentAt: ago(1_000) }),
      ],
      observedProcess(),
      { at: AT, turnover: { opened: 900, closed: 890 } },
    );
    expect(finding.verdict).toBe('code_leak');
    expect(keysOf(finding.against)).toEqual(['reason.others', 'reason.others']);
  });

  it('is turnover while all are young and most of those that came have gone', () => {
    const young = observedSocket({ count: 30, openedBefore: ago(3_000), lastSentAt: null });
    const judged = (turnover: { opened: number; closed: number } | undefined): Verdict =>
      judge([young], observedProcess(), { at: AT, turnover }).verdict;
    expect(judged({ opened: 300, closed: 290 })).toBe('turnover');
    expect(judged({ opened: 30, closed: 0 })).toBe('code_leak');
    expect(judged({ opened: 30, closed: 10 })).toBe('code_leak');
    expect(judged(undefined)).toBe('code_leak');
    const stopped = observedProcess({ waits: [waits('T', 'do_signal_stop', 'read')] });
    expect(judge([young], stopped, { at: AT, turnover: { opened: 300, closed: 290 } }).verdict).toBe('stopped');
  });

  it('without a connection is about orphaned descriptors', () => {
    const finding = judge([], observedProcess({ closeWait: 0, orphaned: 7 }), context);
    expect(finding).toMatchObject({ verdict: 'code_leak', confidence: 0.95 });
    expect(finding.for[0]).toEqual({ key: 'reason.orphaned', parameters: { count: 7 } });
    expect(judge([], undefined, context).verdict).toBe('unknown');
  });
});

// 20,000 take 18 ms where nothing else runs, twice what it takes to read their dates; by that a busy machine is measured, too.
it('judges connections of one process one by one in no more than ten times what it takes to read their dates', () => {
  const condition = conditionOf(observedProcess());
  const sockets = Array.from({ length: 5_000 }, (_, index) =>
    observedSocket({ recvQueue: index % 3, openedBefore: ago(index * 10) }),
  );
  const msOf = (work: (socket: ObservedSocket) => unknown): number => {
    const from = performance.now();
    for (const socket of sockets) work(socket);
    return performance.now() - from;
  };
  const rounds = Array.from({ length: 9 }, () => ({
    judging: msOf((socket) => judgeWith(condition, [socket], context)),
    reading: msOf(({ openedBefore, lastSentAt }) => Date.parse(openedBefore) + Date.parse(lastSentAt ?? '')),
  }));
  const least = (of: 'judging' | 'reading'): number => Math.min(...rounds.map((round) => round[of]));
  expect(least('judging') / least('reading')).toBeLessThan(10);
});
