"""The leaking server in a process of its own. Started by apart.ts, with its orders as JSON; says what it does in lines
of JSON. Ends when the lab ends, however stuck it is."""

import json
import os
import socket
import sys

from keepalive import leak_with_keepalive
from kinship import die_with_parent, fork
from idle_pool import keep_a_pool
from lab import say, wait_for
from serving import SERVANTS
from ways_to_get_stuck import WAYS


def listen(host, port, backlog):
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        say(failure=f"listen: {error.strerror.lower()} {host}:{port}")
        sys.exit(1)
    listener.listen(backlog)
    return listener


def take(listener, count):
    """Accepts so many connections and reads nothing of them. That it has the last one is for the caller to say."""
    taken = []
    while len(taken) < count:
        wait_for(listener)
        taken.append(listener.accept()[0])
        if len(taken) < count:
            say(held=len(taken))
    return taken


def hand_down(connections):
    """Two children inherit the connections and ignore them; closing our own descriptors then sends no FIN."""
    children = [fork(wait_for) for _ in range(2)]
    for connection in connections:
        connection.close()
    say(pid=children[0], held=len(connections))


def main():
    die_with_parent()
    orders = json.loads(sys.argv[1])
    habit, count = orders["habit"], orders["count"]
    if habit == "idle-pool":
        keep_a_pool(orders["host"], orders["port"], count)
    way = WAYS[habit]() if habit in WAYS else None
    if way is not None:
        next(way)
    # A queue that nobody empties is full when the last connection is made.
    listener = listen(orders["host"], orders["port"], count if habit == "never-accepted" else 4096)
    say(pid=os.getpid(), port=listener.getsockname()[1])
    if habit == "keepalive-leak":
        leak_with_keepalive(listener, orders["keepaliveSeconds"])
    if habit in SERVANTS:
        SERVANTS[habit](listener, orders["everySeconds"])
    if habit != "never-accepted":
        connections = take(listener, count)
        if way is not None:
            say(held=count)
            next(way)
        if habit == "inherited":
            hand_down(connections)
    wait_for()


if __name__ == "__main__":
    main()
