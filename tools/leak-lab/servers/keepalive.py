"""A code leak with SO_KEEPALIVE: the kernel finds out that the peer is gone and takes the socket out of its tables,
while the descriptor stays open."""

import socket
import time

from lab import say, wait_for

TCP_CLOSE = 7  # include/net/tcp_states.h
LOOK_EVERY_SECONDS = 0.25


def is_orphaned(connection):
    """By the state in the first byte of struct tcp_info (tcp(7))."""
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == TCP_CLOSE


def accept_from(listener, keepalive_seconds):
    connection = listener.accept()[0]
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, keepalive_seconds)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return connection


def leak_with_keepalive(listener, keepalive_seconds):
    """Reads each connection to its end and never closes it. Says how many of them have left the tables."""
    reading, in_close_wait, orphaned = {}, [], []
    next_look = time.monotonic()
    while True:
        for descriptor in wait_for(listener, *reading, seconds=LOOK_EVERY_SECONDS):
            if descriptor == listener.fileno():
                connection = accept_from(listener, keepalive_seconds)
                reading[connection.fileno()] = connection
            elif reading[descriptor].recv(4096) == b"":
                in_close_wait.append(reading.pop(descriptor))
        if time.monotonic() < next_look:
            continue
        next_look = time.monotonic() + LOOK_EVERY_SECONDS
        still = []
        for connection in in_close_wait:
            (orphaned if is_orphaned(connection) else still).append(connection)
        if len(still) < len(in_close_wait):
            say(held=len(orphaned))
        in_close_wait = still
