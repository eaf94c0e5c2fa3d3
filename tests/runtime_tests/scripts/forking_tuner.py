"""A tuner that forks a process for its work, which inherits whatever the manager holds."""

import os
import time

from nnic.tuners.protocol import Batch, Decision, EventKind, Suggestion


class Forking:
    owns_stopping = False

    def __init__(self, problem):
        self.key = problem.space.parameters[0].key

    def suggest(self, n):
        return Batch(tuple(Suggestion({self.key: 0.25}) for _ in range(n)))

    def observe(self, event):
        if event.kind is EventKind.REPORT and os.fork() == 0:
            with open(os.environ["WORKERS"], "a") as stream:
                stream.write(f"{os.getpid()}\n")
            time.sleep(600)
            os._exit(0)
        return Decision.CONTINUE

    def save(self):
        return b""

    def load(self, state): ...
