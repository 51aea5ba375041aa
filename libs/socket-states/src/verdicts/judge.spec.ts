import { describe, expect, it } from '@jest/globals';
import { AT, ago, observedProcess, observedSocket, waits } from '../testing/observed.ts';
import { judge } from './judge.ts';
import { type ObservedProcess, type ObservedSocket } from './observed.ts';
import { type Finding, type Verdict } from './verdict.ts';

const context = { at: AT };
const unread = observedSocket({ recvQueue: 19 });
const keysOf = (reasons: Finding['for']): string[] => reasons.map(({ key }) => key);

const verdictOn = (process: Partial<ObservedProcess>): Verdict =>
  judge([unread], observedProcess(process), context).verdict;

const never = { polledAgoMs: null };
const futex = waits('S', 'futex_do_wait', 'futex', 3);

describe('the verdict on a connection', () => {
  it('is less sure of what is young, and says so', () => {
    const young = judge([observedSocket({ openedBefore: ago(5_000), lastSentAt: null })], observedProcess(), context);
    const old = judge([observedSocket()], observedProcess(), context);
    expect(young).toMatchObject({
      verdict: 'code_leak',
      against: [{ key: 'reason.young', parameters: { oldestMs: 5_000 } }],
    });
    expect(young.confidence).toBeLessThan(0.6);
    expect(old.confidence).toBe(0.95);
    expect(old.against).toEqual([]);
  });

  it('names what speaks for it, and what to do, with the numbers', () => {
    expect(judge([observedSocket()], observedProcess(), context)).toEqual({
      verdict: 'code_leak',
      confidence: 0.95,
      for: [
        { key: 'reason.read_to_the_end', parameters: { count: 1 } },
        { key: 'reason.polled', parameters: { agoMs: 0 } },
        { key: 'reason.no_cpu', parameters: { runShare: 0.002 } },
        { key: 'reason.persists', parameters: { oldestMs: 600_000 } },
      ],
      against: [],
      missing: [],
      advice: { key: 'advice.code_leak', parameters: { pid: 100, executable: 'checkout' } },
    });
  });

  it('of a process whose threads are hidden is less sure, and says which capability would show them', () => {
    const missing = ["wchan and system call of another user's process: CAP_SYS_PTRACE would show them"];
    const process = observedProcess({ ...never, watchedMs: 0, waits: [waits('S', null, null)], missing });
    const finding = judge([unread], process, context);
    expect(finding).toMatchObject({ verdict: 'not_reading', missing: [{ key: 'missing.waits_hidden' }] });
    expect(finding.confidence).toBeLessThan(0.6);
  });

  it('of one whose owner is hidden names the capabilities and still says what is in its queue', () => {
    const finding = judge([observedSocket({ recvQueue: 5, ownership: 'hidden', owners: [] })], undefined, context);
    expect(finding).toMatchObject({
      verdict: 'unknown',
      for: [{ key: 'reason.unread', parameters: { count: 1, bytes: 5 } }],
      missing: [{ key: 'missing.owner_hidden' }],
    });
  });

  it('calls a lock surer the longer nobody was seen polling, and says how long it takes', () => {
    const short = judge([unread], observedProcess({ ...never, waits: [futex], watchedMs: 1_000 }), context);
    const long = judge([unread], observedProcess({ ...never, waits: [futex], watchedMs: 30_000 }), context);
    expect(keysOf(short.missing)).toEqual(['missing.longer_watch']);
    expect(long.missing).toEqual([]);
    expect(long.confidence).toBeGreaterThan(short.confidence + 0.2);
  });

  it('does not call futex a lock while somebody polls, uses the CPU, or may do so unseen', () => {
    const all = [futex];
    expect(verdictOn({ waits: all, polledAgoMs: 20_000 })).toBe('not_reading');
    expect(verdictOn({ ...never, waits: all, cpu: { runMsPerSecond: 100, runQueueWaitMsPerSecond: 1 } })).toBe(
      'not_reading',
    );
    const refused = ['wchan and system call: the kernel refuses them (kernel.yama.ptrace_scope, a security module)'];
    expect(verdictOn({ ...never, waits: all, missing: refused })).toBe('not_reading');
  });

  it('dates what was sent by when it was told, for that may be a minute ago', () => {
    const socket = observedSocket({ openedBefore: ago(600_000), lastSentAt: ago(200_000) });
    expect(judge([socket], observedProcess(), context).verdict).toBe('code_leak');
    expect(judge([{ ...socket, valuedAt: ago(150_000) }], observedProcess(), context).verdict).toBe('half_closed');
  });

  it('says that an accept queue is full, how long it is, or that it was not seen', () => {
    const waiting = (acceptQueue: ObservedSocket['acceptQueue']): Finding =>
      judge([observedSocket({ recvQueue: 1, ownership: 'not_accepted', owners: [], acceptQueue })], undefined, context);
    expect(waiting({ length: 6, limit: 5 }).for).toContainEqual({
      key: 'reason.accept_queue_full',
      parameters: { length: 6, limit: 5 },
    });
    expect(waiting({ length: 3, limit: null }).for).toContainEqual({
      key: 'reason.accept_queue',
      parameters: { length: 3 },
    });
    expect(keysOf(waiting({ length: 0, limit: 5 }).against)).toContain('reason.accept_queue_empty');
    expect(keysOf(waiting(null).missing)).toEqual(['missing.accept_queue']);
    expect(waiting(null).confidence).toBeLessThan(waiting({ length: 6, limit: 5 }).confidence);
  });

  it('is less sure where it is not told whether data is still sent', () => {
    const untold = judge([observedSocket({ bytesAcked: null, lastSentAt: null })], observedProcess(), context);
    expect(untold).toMatchObject({ verdict: 'code_leak', missing: [{ key: 'missing.progress' }] });
    expect(untold.confidence).toBeLessThan(0.9);
    const nothingSent = judge([observedSocket({ bytesAcked: 0, lastSentAt: null })], observedProcess(), context);
    expect(nothingSent).toMatchObject({ confidence: 0.95, missing: [] });
  });
});
