"""The lab that started this server: hears what it says, and ends it by ending itself."""

import json
import select
import sys

# The lab holds the other end of our standard input and never writes to it.
LAB = sys.stdin.fileno()


def say(**news):
    print(json.dumps(news), flush=True)


def wait_for(*descriptors, seconds=None):
    """Sleeps until one of the descriptors has something to read, or the seconds are over; ends when the lab has."""
    poll = select.poll()
    poll.register(LAB, select.POLLHUP)
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    events = dict(poll.poll(None if seconds is None else seconds * 1000))
    if LAB in events:
        sys.exit()
    return set(events)
