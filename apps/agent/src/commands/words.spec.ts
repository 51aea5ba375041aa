import { describe, expect, it } from '@jest/globals';
import { LANGUAGES, hasPhrase, phrase } from '@closewatch/messages';
import { INCIDENT_EVENT_KINDS, INCIDENT_STATES, OWNERSHIPS, RESOLVED_AS, TIMERS } from '@closewatch/protocol';
import {
  DETECTION_REASONS,
  LEVELS,
  MISSING_KEYS,
  RULES,
  VERDICTS,
  VERDICT_REASON_KEYS,
  judge,
  type ObservedProcess,
  type ObservedSocket,
} from '@closewatch/socket-states';
import fc from 'fast-check';

/** What the domain names by keys, the lib of words has words for: the two import nothing of each other. */
const KEYS = [
  ...VERDICTS.flatMap((verdict) => [`verdict.${verdict}`, `verdict.${verdict}.meaning`, `advice.${verdict}`]),
  ...VERDICT_REASON_KEYS,
  ...MISSING_KEYS,
  ...RULES.flatMap((rule) => [`rule.${rule}`, `rule.${rule}.sentence`]),
  ...LEVELS.map((level) => `level.${level}`),
  ...DETECTION_REASONS.map((key) => `reason.${key}`),
  ...INCIDENT_EVENT_KINDS.map((kind) => `incident.event.${kind}`),
  ...INCIDENT_STATES.map((state) => `incident.state.${state}`),
  ...RESOLVED_AS.map((as) => `incident.resolved.${as}`),
];

describe.each(LANGUAGES)('in %s', (language) => {
  it.each(KEYS)('there are words for %s', (key) => {
    expect(hasPhrase(language, key)).toBe(true);
  });

  it('a finding gives every number and name that its words ask for', () => {
    fc.assert(
      fc.property(anySocket, fc.option(anyProcess, { nil: undefined }), fc.nat(9), (socket, process, closed) => {
        const context = { at: Date.parse(NOW), turnover: { opened: 9, closed } };
        const { for: pro, against, missing, advice } = judge([socket, { ...socket, recvQueue: 7 }], process, context);
        for (const { key, parameters } of [...pro, ...against, ...missing, advice]) {
          expect([key, phrase(language, key, parameters)]).toEqual([
            key,
            expect.not.stringMatching(/[?{}]|NaN|undefined/),
          ]);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

const NOW = '2026-11-22T12:00:00.000Z';
const instants = fc.constantFrom('2026-11-22T11:00:00.000Z', '2026-11-22T11:59:30.000Z', '2026-11-22T11:59:59.000Z');
const anySocket: fc.Arbitrary<ObservedSocket> = fc.record({
  direction: fc.constantFrom('inbound', 'outbound', null),
  openedBefore: instants,
  recvQueue: fc.constantFrom(0, 1, 19),
  sendQueue: fc.constantFrom(0, 64),
  bytesAcked: fc.constant(null),
  lastSentAt: fc.option(instants),
  timer: fc.option(fc.record({ kind: fc.constantFrom(...TIMERS), retries: fc.nat(9) })),
  acceptQueue: fc.option(fc.record({ length: fc.nat(5), limit: fc.option(fc.nat(5)) })),
  ownership: fc.constantFrom(...OWNERSHIPS),
  owners: fc.array(fc.record({ pid: fc.integer({ min: 1, max: 3 }), startedAt: fc.constant(null) }), { maxLength: 3 }),
});
const anyProcess: fc.Arbitrary<ObservedProcess> = fc.record({
  process: fc.constant({ pid: 1, executable: 'checkout' }),
  closeWait: fc.nat(9),
  unread: fc.nat(9),
  orphaned: fc.nat(9),
  windowMs: fc.option(fc.constant(900)),
  threads: fc.record({ total: fc.nat(9), looked: fc.nat(9) }),
  waits: fc.array(
    fc.record({
      state: fc.constantFrom('R', 'S', 'D', 'T'),
      wchan: fc.constantFrom(null, 'futex_do_wait', 'do_epoll_wait', 'pipe_read', 'locks_lock_inode_wait', 'do_wait'),
      syscall: fc.constantFrom(null, 'futex', 'read'),
      threads: fc.integer({ min: 1, max: 9 }),
    }),
    { maxLength: 3 },
  ),
  polledAgoMs: fc.option(fc.nat(60_000)),
  watchedMs: fc.nat(60_000),
  cpu: fc.option(fc.record({ runMsPerSecond: fc.nat(1_000), runQueueWaitMsPerSecond: fc.nat(1_000) })),
  throttling: fc.option(fc.record({ throttledPerSecond: fc.nat(9), throttledMsPerSecond: fc.nat(1_000) })),
  descriptors: fc.constant({ used: null, limit: null }),
  missing: fc.array(
    fc.constantFrom(
      "wchan and system call of another user's process: CAP_SYS_PTRACE would show them",
      'run time and run-queue wait: this kernel counts none (CONFIG_SCHED_INFO)',
      'of tomorrow',
    ),
    { maxLength: 2 },
  ),
});
