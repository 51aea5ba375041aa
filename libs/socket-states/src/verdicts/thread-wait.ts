import { type ObservedProcess } from './observed.ts';

/**
 * What threads in one wait do, as far as it tells why a socket is not closed: `events` waits for descriptors, `sending`
 * for room to send, `idle` for the clock, a child or a signal; `other` is asleep in what says nothing.
 */
export type Doing =
  'running' | 'stopped' | 'uninterruptible' | 'pipe' | 'file_lock' | 'futex' | 'events' | 'sending' | 'idle' | 'other';

/** Kernel functions and system calls, as Linux 5 to 6.18 name them (docs/adr/0012). */
const FROZEN = /freezer|refrigerator/;
const PIPE = /pipe_(read|write|wait)|^wait_for_partner$|^fifo_open$/;
const FILE_LOCK = /^(locks_lock_inode_wait|fcntl_setlk|flock_lock_inode_wait|posix_lock_inode_wait|__break_lease)/;
const FUTEX = /^futex_|^rt_mutex|^do_futex/;
const EVENTS =
  /poll|select|epoll|^io_cqring_wait|inet_csk_(accept|wait)|^sk_wait_data|^unix_stream_|skb_wait_for|^eventfd_read|^timerfd_read|^signalfd_|^inotify_read/;
const IDLE = /nanosleep|^do_wait|^wait4|sigsuspend|sigtimedwait|^do_pause|^hrtimer|^sys_pause|^pause/;
const EVENT_CALL = /poll|select|epoll|^accept|^recv|^io_uring_enter$/;
const IDLE_CALL = /nanosleep|^wait4$|^waitid$|^pause$|sigsuspend|sigtimedwait/;
/** Recent kernels have one function for readers and senders; the call tells which. */
const SENDS = new Set(['sendto', 'sendmsg', 'sendmmsg', 'sendfile', 'write', 'writev', 'splice']);
const READS = new Set(['read', 'readv']);
const READ_OF_A_SOCKET = new Set<string | null>(['wait_woken', null]);

export function doingOf({ state, wchan, syscall }: Omit<ObservedProcess['waits'][number], 'threads'>): Doing {
  if (state === 'T' || state === 't') return 'stopped';
  if (wchan !== null && FROZEN.test(wchan)) return 'stopped';
  if (state === 'R') return 'running';
  if (state === 'D') return 'uninterruptible';
  if (wchan === 'sk_stream_wait_memory' || (wchan === 'wait_woken' && SENDS.has(syscall ?? ''))) return 'sending';
  if (wchan !== null) {
    if (FUTEX.test(wchan)) return 'futex';
    if (EVENTS.test(wchan)) return 'events';
    if (PIPE.test(wchan)) return 'pipe';
    if (FILE_LOCK.test(wchan)) return 'file_lock';
    if (IDLE.test(wchan)) return 'idle';
  }
  if (syscall === null) return 'other';
  if (syscall === 'futex') return 'futex';
  if (syscall === 'flock') return 'file_lock';
  if (EVENT_CALL.test(syscall) || (READS.has(syscall) && READ_OF_A_SOCKET.has(wchan))) return 'events';
  return IDLE_CALL.test(syscall) ? 'idle' : 'other';
}
