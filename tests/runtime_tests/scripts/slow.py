"""A quarter of a second, one report."""

import time

from reporter import final, report

report(0.1)
time.sleep(0.25)
final(0.2)
