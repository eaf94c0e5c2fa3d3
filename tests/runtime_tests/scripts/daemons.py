"""Leaves a daemon as programs do, with an environment that was cleaned, then waits for a file of its number.

``daemons.py FOLDER``: the daemons' pids are in ``FOLDER/pids``, and trial 3 ends when there is ``FOLDER/3``.
"""

import contextlib
import os
import sys
import time

from reporter import TRIAL, VALUES, final, report


def leave_daemon(folder):
    child = os.fork()
    if child == 0:
        os.setsid()
        if os.fork() == 0:
            with open(os.path.join(folder, "pids"), "a") as stream:
                stream.write(f"{TRIAL['trial']} {os.getpid()}\n")
            for descriptor in range(100):
                with contextlib.suppress(OSError):
                    os.close(descriptor)
            os.execve("/bin/sleep", ["sleep", "600"], {})
        os._exit(0)
    os.waitpid(child, 0)


folder = sys.argv[1]
leave_daemon(folder)
while not os.path.exists(os.path.join(folder, "pids")):
    time.sleep(0.01)
report(VALUES.get("train/lr/uniform", 0.5))
while not os.path.exists(os.path.join(folder, str(TRIAL["trial"]))):
    time.sleep(0.01)
final(0.5)
