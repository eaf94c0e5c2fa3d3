"""Reports once, leaves a grandchild in a session of its own, and never ends."""

import os
import signal
import sys
import time

from reporter import report

if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
report(0.5)
time.sleep(600)
