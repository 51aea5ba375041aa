import { type Words } from '../language.ts';

/** What speaks for or against a verdict, and what evidence is missing. */
export const EN: Words = {
  'reason.read_to_the_end': 'nothing is left unread (Recv-Q 0), on {count|connection|connections}',
  'reason.unread': '{bytes|byte waits|bytes wait} unread (Recv-Q), on {count|connection|connections}',
  'reason.only_end_unread': 'nothing but the end of the stream is unread (Recv-Q 1), on {count|connection|connections}',
  'reason.persists': 'in CLOSE_WAIT for {oldestMs}',
  'reason.young': 'in CLOSE_WAIT for no more than {oldestMs}: it may be closed yet',
  'reason.sent_after_end': 'data was sent after the peer’s end of stream, {sentAgoMs}',
  'reason.send_queue': '{bytes|byte waits|bytes wait} to be sent or acknowledged (Send-Q)',
  'reason.zero_window': 'the peer’s window is closed: {retries|probe|probes} in vain',
  'reason.retransmits': '{retries|retransmit|retransmits} in vain',
  'reason.accept_queue': '{length|connection waits|connections wait} in the accept queue',
  'reason.accept_queue_full': 'the accept queue is full: {length} of {limit}',
  'reason.accept_queue_empty': 'the accept queue was empty when it was looked at',
  'reason.no_descriptor': 'no descriptor belongs to it yet (inode 0)',
  'reason.several_owners': '{processes} processes hold the same socket: {pids}',
  'reason.no_owner': 'no process holds a descriptor of it, and all could be seen',
  'reason.idle_outbound':
    '{count|connection|connections} to a peer that was dialled, with nothing unread but its end: idle in a pool',
  'reason.orphaned': '{count|descriptor is|descriptors are} open whose sockets have left the kernel’s tables',
  'reason.turnover': '{opened} entered CLOSE_WAIT and {closed} left it lately',
  'reason.others': 'of the same group {count} look otherwise: {verdict}',

  'reason.polled': 'a thread was seen waiting for events {agoMs}',
  'reason.not_polled': 'no thread was seen waiting for events in {watchedMs}',
  'reason.idles':
    '{threads} of {of} threads {threads~sleeps|sleep} or {threads~waits|wait} for a child or a signal, and {threads~is|are} not blocked',
  'reason.stopped': '{threads} of {of} threads {threads~is|are} stopped (state T, or frozen)',
  'reason.uninterruptible': '{threads} of {of} threads {threads~waits|wait} for I/O uninterruptibly (state D, {wchan})',
  'reason.pipe': '{threads} of {of} threads {threads~waits|wait} for a pipe ({wchan})',
  'reason.file_lock': '{threads} of {of} threads {threads~waits|wait} for a lock on a file ({wchan})',
  'reason.futex': '{threads} of {of} threads {threads~waits|wait} in futex',
  'reason.throttled': 'its CPU quota holds it back {throttledShare} of the time',
  'reason.run_queue_wait': 'it waits for a CPU {waitShare} of the time and has one {runShare}',
  'reason.runs': 'it uses {runShare} of a CPU',
  'reason.no_cpu': 'it uses hardly any CPU ({runShare})',
  'reason.sending': '{threads} of {of} threads {threads~waits|wait} for room to send',
  'reason.process_stuck': 'the process itself is held up: {verdict}',

  'missing.process': 'what its process does: nothing is known of it',
  'missing.owner_hidden':
    'which process holds it: the agent may not look into other users’ processes (CAP_DAC_READ_SEARCH and CAP_SYS_PTRACE would show it)',
  'missing.waits_hidden': 'what the threads wait for: CAP_SYS_PTRACE would show it',
  'missing.waits_refused':
    'what the threads wait for: the kernel refuses to tell (kernel.yama.ptrace_scope, or a security module)',
  'missing.no_syscall': 'the system calls of the threads: this kernel does not tell them',
  'missing.no_schedule': 'run time and run-queue wait: this kernel counts none (CONFIG_SCHED_INFO)',
  'missing.cgroup_outside':
    'CPU throttling: its control group lies outside the agent’s (run the agent in the host’s cgroup namespace)',
  'missing.cgroup_not_mounted':
    'CPU throttling: no cgroup file system with the cpu controller is mounted for the agent',
  'missing.cgroup_untold': 'CPU throttling: cpu.stat of its control group does not tell it',
  'missing.second_look': 'its CPU use: that takes a second look',
  'missing.longer_watch': 'a longer watch: it was seen for {watchedMs}, a lock is sure after {neededMs}',
  'missing.some_threads': '{looked} of {total} threads were looked at',
  'missing.accept_queue': 'how full the accept queue is: its listener was not seen',
  'missing.progress':
    'whether data is still sent to the peer, as in a half-close: the agent’s source of sockets does not tell',
  'missing.other': '{text}',
};
