"""Servers that go on serving: what they do with connections that they have read to the end."""

import array
import os
import socket
import time

from kinship import fork
from lab import say, wait_for

LOOK_EVERY_SECONDS = 0.25
PIECE = b"x" * 63 + b"\n"
PIECE_EVERY_SECONDS = 0.5
DRAIN_EVERY_SECONDS = 2
SIP_BYTES = 512
IN_A_QUEUE = 100
SMALL_BUFFER_BYTES = 32_768


class Manners:
    """Does nothing with a connection: a leak."""

    reads = True

    def on_end(self, connection):
        """It was read to its end. Returns whether it is still ours."""
        return True

    def on_look(self, ended, now):
        """`ended`: connections with the instants of their end, oldest first. Returns those to close."""
        return []


class NotReading(Manners):
    reads = False


class Turnover(Manners):
    """Closes each, a little later."""

    def __init__(self, after_seconds):
        self.after = after_seconds

    def on_look(self, ended, now):
        return [connection for connection, at in ended.items() if now - at >= self.after]


class SawTooth(Manners):
    """Closes none, and now and then all."""

    def __init__(self, every_seconds):
        self.every = every_seconds
        self.next = time.monotonic() + every_seconds

    def on_look(self, ended, now):
        if now < self.next:
            return []
        self.next += self.every
        return list(ended)


class Drain(Manners):
    """Closes one after the other, slowly: each has to be looked after."""

    def __init__(self):
        self.next = 0.0

    def on_look(self, ended, now):
        if now < self.next:
            return []
        self.next = now + DRAIN_EVERY_SECONDS
        return list(ended)[:1]


class HalfClose(Manners):
    """Answers bit by bit."""

    def __init__(self):
        self.next = 0.0

    def on_look(self, ended, now):
        if now >= self.next:
            self.next = now + PIECE_EVERY_SECONDS
            for connection in ended:
                connection.send(PIECE)
        return []


class SendBlocked(Manners):
    """Answers more than the peer takes."""

    def on_end(self, connection):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL_BUFFER_BYTES)
        return True

    def on_look(self, ended, now):
        for connection in ended:
            try:
                while connection.send(PIECE * 1_024, socket.MSG_DONTWAIT) > 0:
                    pass
            except BlockingIOError:
                continue
        return []


class KernelOwned(Manners):
    """Leaves each to a queue between sockets that nobody reads (unix(7), SCM_RIGHTS): open, and in no process."""

    def __init__(self):
        self.queues = []
        self.floating = 0

    def on_end(self, connection):
        # A queue takes a few hundred.
        if self.floating % IN_A_QUEUE == 0:
            self.queues.append(socket.socketpair())
        rights = array.array("i", [connection.fileno()])
        self.queues[-1][0].sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
        connection.close()
        self.floating += 1
        say(held=self.floating)
        return False


def serve(listener, manners):
    reading, ended, kept = {}, {}, []
    next_look = time.monotonic()
    said = None
    while True:
        for descriptor in wait_for(listener, *reading, seconds=LOOK_EVERY_SECONDS):
            if descriptor == listener.fileno():
                connection = accept(listener)
                if connection is None:
                    continue
                if manners.reads:
                    reading[connection.fileno()] = connection
                else:
                    kept.append(connection)
            elif reading[descriptor].recv(4096) == b"":
                connection = reading.pop(descriptor)
                if manners.on_end(connection):
                    ended[connection] = time.monotonic()
        now = time.monotonic()
        if now >= next_look:
            next_look = now + LOOK_EVERY_SECONDS
            for connection in manners.on_look(ended, now):
                del ended[connection]
                connection.close()
        held = len(ended) + len(kept)
        if held != said and not isinstance(manners, KernelOwned):
            said = held
            say(held=held)


def accept(listener):
    try:
        return listener.accept()[0]
    except OSError:  # No descriptor is left.
        time.sleep(0.1)
        return None


def consume_slowly(listener, _every_seconds):
    """Reads a little of each upload every second, and closes it at its end: slow, and all is well."""
    uploads = []
    next_sip = time.monotonic()
    while True:
        if wait_for(listener, seconds=LOOK_EVERY_SECONDS):
            uploads.append(listener.accept()[0])
            say(held=len(uploads))
        if time.monotonic() < next_sip:
            continue
        next_sip = time.monotonic() + 1
        done = [upload for upload in uploads if upload.recv(SIP_BYTES) == b""]
        for upload in done:
            uploads.remove(upload)
            upload.close()
        if done:
            say(held=len(uploads))


def restart_again_and_again(listener, every_seconds):
    """Leaks, and is killed and started anew before that matters: the kernel closes what the dead one had."""
    while True:
        child = fork(lambda: serve(listener, Manners()))
        say(pid=child)
        wait_for(seconds=every_seconds)
        os.kill(child, 9)
        os.waitpid(child, 0)


SERVANTS = {
    "code-leak": lambda listener, _: serve(listener, Manners()),
    "not-reading": lambda listener, _: serve(listener, NotReading()),
    "half-close": lambda listener, _: serve(listener, HalfClose()),
    "send-blocked": lambda listener, _: serve(listener, SendBlocked()),
    "kernel-owned": lambda listener, _: serve(listener, KernelOwned()),
    "turnover": lambda listener, every_seconds: serve(listener, Turnover(every_seconds)),
    "saw-tooth": lambda listener, every_seconds: serve(listener, SawTooth(every_seconds)),
    "burst": lambda listener, _: serve(listener, Drain()),
    "slow-consumer": consume_slowly,
    "restart-loop": restart_again_and_again,
}
