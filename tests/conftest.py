"""Keeps the tests away from what the user's own nnic remembers, and from what their shell set up."""

import os
import shutil
import signal
import tempfile


def pytest_configure(config):
    if "PYTEST_XDIST_WORKER" not in os.environ:  # workers inherit it
        config.nnic_state = os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="nnic-state-")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell's background job; the commands that tests start are to hear Ctrl-C.
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_unconfigure(config):
    if hasattr(config, "nnic_state"):
        shutil.rmtree(config.nnic_state, ignore_errors=True)
