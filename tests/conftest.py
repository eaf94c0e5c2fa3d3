"""Keeps the tests away from what the user's own nnic remembers."""

import os
import shutil
import tempfile


def pytest_configure(config):
    if "PYTEST_XDIST_WORKER" not in os.environ:  # workers inherit it
        config.nnic_state = os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="nnic-state-")


def pytest_unconfigure(config):
    if hasattr(config, "nnic_state"):
        shutil.rmtree(config.nnic_state, ignore_errors=True)


def pytest_configure():
    """Let the commands that tests start hear Ctrl-C, also where a shell runs the tests in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
