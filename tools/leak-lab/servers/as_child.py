"""Turns into the program that it is told, and ends with whoever started it, however stuck that program is: Node cannot ask
for that. `starved` binds it to one CPU as well, which programs that never rest will want; it starts them by a byte for
each, written to the descriptor that STARVE names, and takes the priority that stands after it."""

import os
import sys

from kinship import die_with_parent
from ways_to_get_stuck import SERVER_NICE, start_rivals

habit, *program = sys.argv[1:]
die_with_parent()
if habit == "starved":
    cpu, go = start_rivals()
    os.sched_setaffinity(0, {cpu})
    os.set_inheritable(go, True)
    os.environ["STARVE"] = f"{go} {SERVER_NICE}"
os.execv(program[0], program)
