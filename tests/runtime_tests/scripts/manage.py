"""A manager in a process of its own: ``manage.py HOME run NAME CONFIG`` or ``manage.py HOME resume``.

With ``RACE`` in its environment it says ``ready`` and begins when it reads a line, as several can at once.
"""

import json
import os
import sys
from pathlib import Path

from nnic.runtime.config import RunConfig
from nnic.runtime.loop.observer import Observer
from nnic.runtime.manager.resume import resume_experiment
from nnic.runtime.manager.run import run_experiment
from nnic.runtime.store.lock import ExperimentBusyError


class Lines(Observer):
    def trial_started(self, trial):
        print(f"started {trial.id}", flush=True)

    def trial_reported(self, trial):
        print(f"report {trial.id}", flush=True)

    def stopping(self, drain):
        print(f"stopping {drain}", flush=True)


def main(home, action, *arguments):
    if "RACE" in os.environ:
        print("ready", flush=True)
        sys.stdin.readline()
    if action == "run":
        config = RunConfig.from_json(home, arguments[0], json.loads(arguments[1]))
        result = run_experiment(config, Lines())
    else:
        result = resume_experiment(home, None, Lines())
    print(result.state.value, flush=True)


try:
    main(Path(sys.argv[1]), *sys.argv[2:])
except ExperimentBusyError as error:
    sys.exit(f"busy {error.holder.pid if error.holder else 0}")
