"""Leaves processes behind that have no mark: a cleared environment, in sessions of their own."""

import os
import subprocess
import sys
import time

from reporter import VALUES, final, report

with open(sys.argv[1], "a") as stream:
    for _ in range(2):
        hidden = subprocess.Popen(["sleep", "600"], env={}, start_new_session=True)
        stream.write(f"{hidden.pid}\n")
report(VALUES.get("train/lr/uniform", 0.5))
time.sleep(0.2)
final(os.getpid())
