"""How a server gets stuck, by the name of the scenario. Up to its yield a way starts what it needs, so that no child of
it inherits a connection; after it, when the connections stand, it gets stuck and never returns."""

import fcntl
import os
import signal
import tempfile
import threading

from kinship import fork

# So many programs that never rest keep a CPU to themselves when their server is the least of them.
RIVALS = 3
RIVAL_NICE = 10
SERVER_NICE = 19


def stopped():
    yield
    # Who continues it finds it stopped again.
    while True:
        os.kill(os.getpid(), signal.SIGSTOP)


def burn():
    while True:
        pass


def busy():
    yield
    burn()


def start_rivals():
    """Programs that will want one CPU, when they are told by a byte each. Returns the CPU and where to write."""
    start, go = os.pipe()
    cpu = max(os.sched_getaffinity(0))

    def rival():
        os.sched_setaffinity(0, {cpu})
        os.nice(RIVAL_NICE)
        os.read(start, 1)
        burn()

    for _ in range(RIVALS):
        fork(rival)
    return cpu, go


def starved():
    """On one CPU, below the priority of all else on it and that below everybody's: the machine stays usable."""
    cpu, go = start_rivals()
    yield
    os.sched_setaffinity(0, {cpu})
    os.nice(SERVER_NICE)
    os.write(go, bytes(RIVALS))
    burn()


def lock():
    """Each of two threads has the lock that the other waits for, and the first thread waits for both."""
    locks = threading.Lock(), threading.Lock()
    both_have_one = threading.Barrier(2)

    def take(mine, other):
        with mine:
            both_have_one.wait()
            other.acquire()

    threads = [threading.Thread(target=take, args=pair) for pair in (locks, locks[::-1])]
    yield
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def file_lock():
    """Another process has the flock(2) on a file and keeps it."""
    file = tempfile.TemporaryFile()
    locked, tell_locked = os.pipe()

    def lock_file():
        # flock belongs to the open file, not to the process: each opens it anew.
        fcntl.flock(os.open(f"/proc/self/fd/{file.fileno()}", os.O_RDWR), fcntl.LOCK_EX)

    def keep():
        lock_file()
        os.write(tell_locked, b"1")
        signal.pause()

    fork(keep)
    os.read(locked, 1)
    yield
    lock_file()


def pipe():
    """Another process could write to the pipe, and never does."""
    read, write = os.pipe()
    fork(signal.pause)
    os.close(write)
    yield
    os.read(read, 1)


WAYS = {
    "stopped": stopped,
    "busy": busy,
    "starved": starved,
    "lock": lock,
    "file-lock": file_lock,
    "pipe": pipe,
}
