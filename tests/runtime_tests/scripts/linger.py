"""Reports once, leaves a grandchild in a session of its own, and never ends."""

import os
import signal
import sys
import time

from reporter import report

if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
if child == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
os.waitpid(child, 0)  # once it is reported, the grandchild is there
report(0.5)
time.sleep(600)
