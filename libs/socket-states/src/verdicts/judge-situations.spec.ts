import { expect, it } from '@jest/globals';
import { AT, ago, observedProcess, observedSocket, waits } from '../testing/observed.ts';
import { judge } from './judge.ts';
import { type ObservedProcess, type ObservedSocket } from './observed.ts';
import { type Verdict } from './verdict.ts';

const never = { polledAgoMs: null };
const futex = waits('S', 'futex_do_wait', 'futex', 3);

/** What the kernel says of each situation: apps/agent/src/evidence/evidence-scenarios.spec.ts and docs/adr/0012. */
const SITUATIONS: readonly [string, Verdict, Partial<ObservedSocket>, Partial<ObservedProcess> | undefined][] = [
  ['read to the end by a program that polls', 'code_leak', {}, {}],
  ['unread by a program that polls', 'not_reading', { recvQueue: 19 }, {}],
  [
    'read to the end by a program that sleeps',
    'code_leak',
    {},
    { ...never, waits: [waits('S', 'hrtimer_nanosleep', 'clock_nanosleep')] },
  ],
  [
    'unread by a program that waits for its child',
    'not_reading',
    { recvQueue: 1 },
    { ...never, waits: [waits('S', 'do_wait', 'wait4')] },
  ],
  [
    'unread by one that is stopped',
    'stopped',
    { recvQueue: 19 },
    { ...never, waits: [waits('T', 'do_signal_stop', 'epoll_wait')] },
  ],
  [
    'read to the end by one that was stopped then',
    'stopped',
    {},
    { waits: [waits('T', 'do_signal_stop', 'epoll_wait', 7)] },
  ],
  [
    'unread in a frozen container',
    'stopped',
    { recvQueue: 1 },
    { ...never, waits: [waits('D', '__refrigerator', null)] },
  ],
  [
    'unread by a thread that burns a CPU',
    'busy',
    { recvQueue: 19 },
    { ...never, waits: [waits('R', null, null)], cpu: { runMsPerSecond: 990, runQueueWaitMsPerSecond: 8 } },
  ],
  [
    'unread by a thread that burns half of a CPU it shares',
    'busy',
    { recvQueue: 19 },
    { ...never, waits: [waits('R', null, null)], cpu: { runMsPerSecond: 500, runQueueWaitMsPerSecond: 490 } },
  ],
  [
    'unread by one of five on one CPU, watched for a while',
    'cpu_starved',
    { recvQueue: 19 },
    {
      ...never,
      waits: [waits('R', null, null)],
      cpu: { runMsPerSecond: 240, runQueueWaitMsPerSecond: 755 },
      watchedMs: 10_000,
    },
  ],
  [
    'unread by one that had seconds of CPU on a busy host, and never came to poll',
    'busy',
    { recvQueue: 19 },
    {
      ...never,
      waits: [waits('R', null, null)],
      cpu: { runMsPerSecond: 240, runQueueWaitMsPerSecond: 755 },
      watchedMs: 60_000,
    },
  ],
  [
    'unread by the least of many on one CPU',
    'cpu_starved',
    { recvQueue: 19 },
    { ...never, waits: [waits('R', null, null)], cpu: { runMsPerSecond: 43, runQueueWaitMsPerSecond: 950 } },
  ],
  [
    'unread under a quota',
    'cpu_starved',
    { recvQueue: 19 },
    {
      ...never,
      waits: [waits('R', null, null)],
      cpu: { runMsPerSecond: 200, runQueueWaitMsPerSecond: 800 },
      throttling: { throttledPerSecond: 10, throttledMsPerSecond: 790 },
    },
  ],
  ['unread by threads that all wait in futex', 'blocked_on_lock', { recvQueue: 19 }, { ...never, waits: [futex] }],
  [
    'unread by a deadlocked Node, whose own thread polls',
    'blocked_on_lock',
    { recvQueue: 19 },
    { ...never, waits: [futex, waits('S', 'do_epoll_wait', 'epoll_wait')] },
  ],
  [
    'unread by one that waits for flock(2)',
    'blocked_on_lock',
    { recvQueue: 19 },
    { ...never, waits: [waits('S', 'locks_lock_inode_wait', 'flock')] },
  ],
  [
    'unread by one that waits for fcntl(2)',
    'blocked_on_lock',
    { recvQueue: 19 },
    { ...never, waits: [waits('S', 'fcntl_setlk', 'fcntl')] },
  ],
  [
    'unread by one that reads a pipe',
    'blocked_on_io',
    { recvQueue: 19 },
    { ...never, waits: [waits('S', 'anon_pipe_read', 'read')] },
  ],
  [
    'unread by one in uninterruptible sleep',
    'blocked_on_io',
    { recvQueue: 19 },
    { ...never, waits: [waits('D', 'folio_wait_bit_common', 'read')] },
  ],
  [
    'unread by workers in a file lock beside an acceptor',
    'blocked_on_lock',
    { recvQueue: 19 },
    { waits: [waits('S', 'locks_lock_inode_wait', 'flock', 8), waits('S', 'inet_csk_accept', 'accept4')] },
  ],
  [
    'unread by an idle pool of Java: workers in futex, one polls',
    'not_reading',
    { recvQueue: 1, direction: 'outbound' },
    { waits: [waits('S', 'futex_do_wait', 'futex', 40), waits('S', 'do_epoll_wait', 'epoll_wait')] },
  ],
  [
    'an idle pool of which nobody polls',
    'not_reading',
    { recvQueue: 1, direction: 'outbound' },
    { ...never, waits: [futex] },
  ],
  ['read to the end by one that waits for its lock', 'blocked_on_lock', {}, { ...never, waits: [futex] }],
  [
    'read to the end by a busy program that gets around',
    'code_leak',
    {},
    { polledAgoMs: 1_000, waits: [waits('R', null, null)], cpu: { runMsPerSecond: 900, runQueueWaitMsPerSecond: 20 } },
  ],
  [
    'in the queue of a listener',
    'not_accepted',
    { recvQueue: 1, ownership: 'not_accepted', owners: [], acceptQueue: { length: 6, limit: 5 } },
    undefined,
  ],
  [
    'data sent after the end, ten seconds ago',
    'half_closed',
    { openedBefore: ago(120_000), lastSentAt: ago(10_000) },
    {},
  ],
  [
    'data sent after the end by a process that is hidden',
    'half_closed',
    { lastSentAt: ago(10_000), ownership: 'hidden', owners: [] },
    undefined,
  ],
  [
    'data sent just after the end, as an answer is',
    'code_leak',
    { openedBefore: ago(70_000), lastSentAt: ago(69_900) },
    {},
  ],
  ['data sent after the end, long ago', 'code_leak', { openedBefore: ago(700_000), lastSentAt: ago(300_000) }, {}],
  [
    'a window that stays closed',
    'send_blocked',
    { sendQueue: 70_000, lastSentAt: ago(300_000), timer: { kind: 'zero_window_probe', retries: 8 } },
    {},
  ],
  [
    'a window that closed just now',
    'send_blocked',
    {
      sendQueue: 70_000,
      openedBefore: ago(20_000),
      lastSentAt: ago(19_900),
      timer: { kind: 'zero_window_probe', retries: 1 },
    },
    { waits: [waits('S', 'wait_woken', 'sendto')], polledAgoMs: null },
  ],
  [
    'retransmits, the last of them just now',
    'send_blocked',
    { sendQueue: 64, lastSentAt: ago(2_000), timer: { kind: 'retransmit', retries: 7 } },
    {},
  ],
  [
    'a slow reader, which takes some now and then',
    'half_closed',
    { sendQueue: 70_000, lastSentAt: ago(8_000), timer: { kind: 'zero_window_probe', retries: 2 } },
    {},
  ],
  [
    'open in two processes',
    'inherited',
    {
      recvQueue: 19,
      owners: [
        { pid: 100, startedAt: null },
        { pid: 101, startedAt: null },
      ],
    },
    {},
  ],
  [
    'open twice in one process',
    'code_leak',
    {
      owners: [
        { pid: 100, startedAt: null },
        { pid: 100, startedAt: null },
      ],
    },
    {},
  ],
  ['held by nobody', 'kernel_owned', { ownership: 'none', owners: [] }, undefined],
  ['held by somebody who is hidden', 'unknown', { ownership: 'hidden', owners: [] }, undefined],
  ['unread, and nothing is known of the process', 'unknown', { recvQueue: 19 }, undefined],
];

it.each(SITUATIONS)('%s is %s', (_situation, expected, socket, process) => {
  const evidence = process && observedProcess(process);
  const { verdict, confidence } = judge([observedSocket(socket)], evidence, { at: AT });
  expect(verdict).toBe(expected);
  if (verdict === 'unknown') expect(confidence).toBe(0);
  else expect(confidence).toBeGreaterThanOrEqual(0.5);
});
