"""A pool of connections that nobody uses: whoever dials keeps them, and looks at one when it wants it. The other end closes
what is idle, and the pool does not see it before."""

import os
import socket

from lab import say, wait_for


def keep_a_pool(host, port, count):
    say(pid=os.getpid(), port=port)
    pool = [socket.create_connection((host, port)) for _ in range(count)]
    say(held=len(pool))
    wait_for()
