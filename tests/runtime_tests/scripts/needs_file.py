"""Fails without a file; with a second argument, in trial 0 only."""

import os
import sys

from reporter import TRIAL, final

if not os.path.exists(sys.argv[1]) and (len(sys.argv) == 2 or TRIAL["trial"] == 0):
    sys.exit(4)
final(1.0)
