import { expect, it } from '@jest/globals';
import { waitsForEvents } from './event-wait.ts';

const thread = { tid: 1, startTicks: 1, at: 0, name: 'app', state: 'S' };

it.each([
  ['do_epoll_wait', 'epoll_pwait', true],
  ['ep_poll', null, true],
  ['poll_schedule_timeout', 'restart_syscall', true],
  ['inet_csk_accept', 'accept4', true],
  ['wait_woken', 'recvfrom', true],
  ['wait_woken', 'read', true],
  ['io_cqring_wait', 'io_uring_enter', true],
  [null, 'epoll_wait', true],
  [null, 'read', true],
  // A blocked sender sleeps in the same function as a reader.
  ['wait_woken', 'sendto', false],
  ['wait_woken', 'write', false],
  ['wait_woken', null, false],
  ['anon_pipe_read', 'read', false],
  ['pipe_wait', 'read', false],
  ['futex_do_wait', 'futex', false],
  ['locks_lock_inode_wait', 'flock', false],
  ['hrtimer_nanosleep', 'clock_nanosleep', false],
  [null, null, false],
])('a thread in %s by %s waits for events: %s', (wchan, syscall, expected) => {
  expect(waitsForEvents({ ...thread, wchan, syscall })).toBe(expected);
});

it('a stopped thread does not wait for events, and neither does one that the runtime keeps for itself', () => {
  const polling = { ...thread, wchan: 'do_epoll_wait', syscall: 'epoll_wait' };
  expect(waitsForEvents(polling)).toBe(true);
  expect(waitsForEvents({ ...polling, state: 'T', wchan: 'do_signal_stop' })).toBe(false);
  expect(waitsForEvents({ ...polling, name: 'DelayedTaskSche' })).toBe(false);
});
