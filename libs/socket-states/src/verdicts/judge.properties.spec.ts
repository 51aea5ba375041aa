import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AT, ago } from '../testing/observed.ts';
import { judge, judgeWith } from './judge.ts';
import { type ObservedProcess, type ObservedSocket } from './observed.ts';
import { conditionOf } from './process-condition.ts';
import { MISSING_KEYS, VERDICT_REASON_KEYS } from './reasons.ts';
import { VERDICTS } from './verdict.ts';

const instant = fc.integer({ min: -10_000, max: 100_000_000 }).map(ago);
const count = fc.nat({ max: 50_000 });
const rate = fc.double({ min: 0, max: 64_000, noNaN: true });

const anySocket: fc.Arbitrary<ObservedSocket> = fc.record(
  {
    direction: fc.constantFrom('inbound', 'outbound', null),
    openedBefore: instant,
    recvQueue: fc.constantFrom(0, 1, 2, 19, 4_294_967_295),
    sendQueue: fc.constantFrom(0, 1, 4_294_967_295),
    bytesAcked: fc.option(count),
    lastSentAt: fc.option(instant),
    timer: fc.option(
      fc.record({
        kind: fc.constantFrom('none', 'retransmit', 'keepalive', 'zero_window_probe', 'of_tomorrow'),
        retries: fc.nat({ max: 255 }),
      }),
    ),
    acceptQueue: fc.option(fc.record({ length: count, limit: fc.option(count) })),
    ownership: fc.constantFrom('known', 'not_accepted', 'hidden', 'none'),
    owners: fc.array(fc.record({ pid: fc.integer({ min: 1, max: 5 }), startedAt: fc.constant(null) }), {
      maxLength: 3,
    }),
    count: fc.integer({ min: 1, max: 1_000 }),
    valuedAt: instant,
  },
  {
    requiredKeys: [
      'direction',
      'openedBefore',
      'recvQueue',
      'sendQueue',
      'bytesAcked',
      'lastSentAt',
      'timer',
      'acceptQueue',
      'ownership',
      'owners',
    ],
  },
);

const anyProcess: fc.Arbitrary<ObservedProcess> = fc.record({
  process: fc.constant({ pid: 100, executable: 'app' }),
  closeWait: count,
  unread: count,
  orphaned: count,
  windowMs: fc.option(count),
  threads: fc.record({ total: count, looked: count }),
  waits: fc.array(
    fc.record({
      state: fc.constantFrom('R', 'S', 'D', 'T', 't', 'Z', 'I'),
      wchan: fc.constantFrom(
        null,
        'futex_do_wait',
        'do_epoll_wait',
        'anon_pipe_read',
        'locks_lock_inode_wait',
        'hrtimer_nanosleep',
        'of_tomorrow',
      ),
      syscall: fc.constantFrom(null, 'futex', 'epoll_wait', 'read', 'syscall 999'),
      threads: fc.integer({ min: 1, max: 500 }),
    }),
    { maxLength: 5 },
  ),
  polledAgoMs: fc.option(count),
  watchedMs: count,
  cpu: fc.option(fc.record({ runMsPerSecond: rate, runQueueWaitMsPerSecond: rate })),
  throttling: fc.option(fc.record({ throttledPerSecond: rate, throttledMsPerSecond: rate })),
  descriptors: fc.record({ used: fc.option(count), limit: fc.option(count) }),
  missing: fc.array(fc.constantFrom('CFS throttling: cpu.stat of it', 'number of descriptors', 'of tomorrow'), {
    maxLength: 2,
  }),
});

const aCase = {
  sockets: fc.array(anySocket, { maxLength: 6 }),
  process: fc.option(anyProcess, { nil: undefined }),
  context: fc.record(
    { at: fc.constant(AT), turnover: fc.record({ opened: count, closed: count }) },
    { requiredKeys: ['at'] },
  ),
};

describe('whatever is observed', () => {
  it('the finding has a verdict, a confidence from 0 to 1, and keys that are known', () => {
    fc.assert(
      fc.property(aCase.sockets, aCase.process, aCase.context, (sockets, process, context) => {
        const finding = judge(sockets, process, context);
        expect(VERDICTS).toContain(finding.verdict);
        expect(finding.confidence).toBeGreaterThanOrEqual(0);
        expect(finding.confidence).toBeLessThanOrEqual(1);
        expect(finding.advice.key).toBe(`advice.${finding.verdict}`);
        for (const { key } of [...finding.for, ...finding.against]) expect(VERDICT_REASON_KEYS).toContain(key);
        for (const { key } of finding.missing) expect(MISSING_KEYS).toContain(key);
        for (const { parameters } of [...finding.for, ...finding.against, ...finding.missing]) {
          for (const value of Object.values(parameters)) {
            if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
          }
        }
      }),
    );
  });

  it('the order of the sockets says nothing', () => {
    fc.assert(
      fc.property(aCase.sockets, aCase.process, aCase.context, (sockets, process, context) => {
        expect(judge(sockets.toReversed(), process, context)).toEqual(judge(sockets, process, context));
      }),
    );
  });

  it('a class of many is judged as so many of them', () => {
    fc.assert(
      fc.property(
        anySocket,
        fc.integer({ min: 1, max: 20 }),
        aCase.process,
        aCase.context,
        (socket, many, process, context) => {
          const one = { ...socket, count: 1 };
          expect(judge([{ ...one, count: many }], process, context)).toEqual(
            judge(
              Array.from({ length: many }, () => one),
              process,
              context,
            ),
          );
        },
      ),
    );
  });

  it('what is known of the process is found out once for all', () => {
    fc.assert(
      fc.property(aCase.sockets, anyProcess, aCase.context, (sockets, process, context) => {
        expect(judgeWith(conditionOf(process), sockets, context)).toEqual(judge(sockets, process, context));
      }),
    );
  });

  it('a fault is never found in what is half-closed, and nothing young is a fault where most have gone', () => {
    fc.assert(
      fc.property(anySocket, aCase.process, (socket, process) => {
        const half: ObservedSocket = {
          ...socket,
          openedBefore: ago(90_000),
          lastSentAt: ago(30_000),
          timer: null,
          valuedAt: ago(0),
          ownership: 'known',
        };
        expect(judge([half], process, { at: AT }).verdict).toBe('half_closed');
      }),
    );
  });
});
