import { type Words } from '../language.ts';

/** Names of verdicts, what they mean, and what to do. */
export const EN: Words = {
  'verdict.code_leak': 'Code leak',
  'verdict.code_leak.meaning':
    'The program read to the end of the stream, its threads are healthy, and it never closes the socket.',
  'advice.code_leak':
    'Find the path on which the program forgets to close: often an error, a timeout or an early return after the read. A restart frees what has leaked and mends nothing.',

  'verdict.not_reading': 'Not reading',
  'verdict.not_reading.meaning':
    'Bytes or the end of the stream wait unread while the threads are healthy: nobody watches this socket.',
  'advice.not_reading':
    'Have every idle connection watched for its end: a pool must test or expire what it keeps (an idle time shorter than the peer’s), and an event loop must stay registered for reading. Where much is unread, see whether it reads more slowly than peers send.',

  'verdict.cpu_starved': 'CPU starved',
  'verdict.cpu_starved.meaning': 'The threads are ready to run and get no CPU, so they never come to close.',
  'advice.cpu_starved':
    'Give {executable} more CPU: raise its quota where it is throttled, or move load away from this host. The sockets close by themselves once it runs.',

  'verdict.busy': 'Busy',
  'verdict.busy.meaning': 'A thread burns CPU and never gets around to the read that would end in a close.',
  'advice.busy':
    'Profile {executable} (perf top -p {pid}): the thread that burns CPU must give way to its sockets. Look for an endless loop or for long computations in the event loop.',

  'verdict.blocked_on_lock': 'Blocked on a lock',
  'verdict.blocked_on_lock.meaning': 'The threads that would close wait for a lock, and nobody lets them go on.',
  'advice.blocked_on_lock':
    'Take the stacks of all threads (gdb -p {pid} -batch -ex "thread apply all bt", or jstack, py-spy dump) and look for two that wait for each other, or for a lock on a file that another process keeps.',

  'verdict.blocked_on_io': 'Blocked on I/O',
  'verdict.blocked_on_io.meaning': 'The threads that would close wait for a disk, a file system or a pipe.',
  'advice.blocked_on_io':
    'See what {executable} waits for (cat /proc/{pid}/stack as root, ls -l /proc/{pid}/fd): a slow disk, a hanging network file system, or a pipe whose other end is not served.',

  'verdict.stopped': 'Stopped',
  'verdict.stopped.meaning':
    'The process is stopped by a signal, a debugger or a frozen control group: it does nothing at all.',
  'advice.stopped':
    'Let it go on: kill -CONT {pid}; detach the debugger, or unpause its container. Then find out who stopped it.',

  'verdict.not_accepted': 'Never accepted',
  'verdict.not_accepted.meaning': 'The connections wait in the listener’s accept queue; no process has them yet.',
  'advice.not_accepted':
    'The program listens and does not accept: look for a dead accept loop, a limit on connections or descriptors (EMFILE), or workers that are all in use.',

  'verdict.half_closed': 'Half-closed',
  'verdict.half_closed.meaning':
    'The peer has closed its sending direction on purpose and still takes what is sent to it. Not a fault.',
  'advice.half_closed': 'Nothing is to be done: the connection closes when all is sent.',

  'verdict.send_blocked': 'Send blocked',
  'verdict.send_blocked.meaning':
    'What is to be sent does not go out: the peer’s window is closed, or nothing is acknowledged.',
  'advice.send_blocked':
    'Look at the peer and at the way to it (ss -tino shows window and retransmits), and give sending a time limit (TCP_USER_TIMEOUT, SO_SNDTIMEO), so that a peer that takes nothing is given up.',

  'verdict.inherited': 'Inherited',
  'verdict.inherited.meaning':
    'Two or more processes hold the socket: close() in one of them ends nothing while another keeps it open.',
  'advice.inherited':
    'Open sockets with SOCK_CLOEXEC, or close them in the child after fork: the processes {pids} hold the same sockets.',

  'verdict.kernel_owned': 'Held by no process',
  'verdict.kernel_owned.meaning':
    'No process holds a descriptor of the socket, although all could be seen: it is the kernel’s own, a fixed file of io_uring, or a descriptor under way between processes.',
  'advice.kernel_owned':
    'Look for clients inside the kernel (mounts of NFS, CIFS, Ceph; iSCSI, NBD) towards this peer, and for programs that use io_uring with registered files.',

  'verdict.turnover': 'Turnover',
  'verdict.turnover.meaning':
    'Young connections that come and go: the program closes them in its own time. Not a fault.',
  'advice.turnover': 'Nothing is to be done.',

  'verdict.unknown': 'Unknown',
  'verdict.unknown.meaning': 'The evidence that would tell is missing.',
  'advice.unknown': 'Let the agent see what is named as missing: closewatch-agent doctor says how.',
};
