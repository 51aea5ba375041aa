import { type ThreadLook } from './thread-look.ts';

/** Kernel functions in which only a thread sleeps that waits for events on descriptors, for a connection or for data. */
const EVENT_WAITS = new Set([
  'poll_schedule_timeout',
  'do_sys_poll',
  'do_poll',
  'do_select',
  'ep_poll',
  'do_epoll_wait',
  'io_cqring_wait',
  'inet_csk_accept',
  'inet_csk_wait_for_connect',
  'sk_wait_data',
  'unix_stream_read_generic',
  'unix_stream_data_wait',
  '__skb_wait_for_more_packets',
  'eventfd_read',
  'timerfd_read',
  'timerfd_read_iter',
  'signalfd_dequeue',
  'inotify_read',
]);

/** System calls that wait for nothing else, whatever the function is called on this kernel. */
const EVENT_CALLS = new Set([
  'poll',
  'ppoll',
  'select',
  'pselect6',
  'epoll_wait',
  'epoll_pwait',
  'epoll_pwait2',
  'io_uring_enter',
  'accept',
  'accept4',
  'recvfrom',
  'recvmsg',
  'recvmmsg',
]);

/** Calls that read a socket as well as a pipe or a file, and what they sleep in while it is a socket, or may be one. */
const READS = new Set(['read', 'readv']);
const READ_WAITS = new Set<string | null>(['wait_woken', null]);

/**
 * Threads that runtimes keep for themselves and that poll all the time, whatever the program does: Node's timer of
 * delayed tasks, .NET's diagnostics and synchronisation. Names as the kernel cuts them, at 15 characters.
 */
const HOUSEKEEPERS = new Set(['DelayedTaskSche', '.NET EventPipe', '.NET SynchManag']);

/**
 * Whether the thread waits for events (poll, epoll, accept, read of a socket): one that does would notice the end of a
 * stream. A stopped one does not, whatever call it was stopped in, and neither does one that reads a pipe.
 */
export function waitsForEvents({ name, state, wchan, syscall }: Omit<ThreadLook, 'schedule'>): boolean {
  if (state !== 'S' || HOUSEKEEPERS.has(name)) return false;
  if (wchan !== null && EVENT_WAITS.has(wchan)) return true;
  return syscall !== null && (EVENT_CALLS.has(syscall) || (READS.has(syscall) && READ_WAITS.has(wchan)));
}
