"""Leaves children and grandchildren behind, one in a session of its own, and reports in between."""

import os
import sys
import time

from reporter import VALUES, final, report


def linger():
    with open(os.path.join(os.environ["NNIC_TRIAL_DIR"], "children"), "a") as stream:
        stream.write(f"{os.getpid()}\n")
    time.sleep(600)
    os._exit(0)


if "children" in sys.argv:
    if os.fork() == 0:
        linger()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            linger()
        os._exit(0)
lr = VALUES.get("train/lr/uniform", 0.5)
for step in range(3):
    report(lr + step)
final(lr)
