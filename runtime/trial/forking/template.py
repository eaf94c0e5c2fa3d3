"""The template of an experiment's trials: a process that imports ahead, then forks one after another.

It is started as a trial is, by the supervisor, and gets as far as the script's first statement. There it
imports what the script begins with, and serves: for each request it forks a process that becomes the
trial, and goes on where the interpreter would.

What must never be broken here:

- Nothing of ours is below the user's frames in a trial, and what the trial finds is what it would have
  found in a process of its own. A difference that is only seen in results is the worst fault there is.
- Nothing that a fork would share is left when the template serves: no thread, no child, no open file, no
  socket, no shared memory, no CUDA context (``obstacles.py``). When in doubt the template gives up.
- A template that can't serve says why and ends (``Connection.give_up``); it raises nothing into the user's
  code. Its trials are then started as processes of their own.
- Only modules that are not the program's are imported ahead: the program's own run in each trial.
"""

import os
import sys

from nnic.runtime.trial import assignment
from nnic.runtime.trial.forking import becoming, ending, messages, obstacles, taking_down
from nnic.runtime.trial.forking import system_calls as system
from nnic.runtime.trial.forking.generators import Generators
from nnic.runtime.trial.forking.obstacles import Unfit
from nnic.runtime.trial.forking.plan import Plan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from functools import partial
    from typing import Any

    from nnic.runtime.trial.snapshot import Snapshot

# Set in the template alone: torch then asks for GPUs without initialising CUDA, which no fork survives.
_OF_THE_TEMPLATE = {"PYTORCH_NVML_BASED_CUDA_CHECK": "1"}


class Template:
    """A process that imports ahead, then forks trials.

    Parameters
    ----------
    descriptor
        A stream socket to the fork server.
    """

    def __init__(self, descriptor: int, program: "Snapshot", plan: Plan) -> None:
        self._connection = messages.Connection(descriptor)
        self._plan = plan
        self._program = program
        # The variables that the user's environment does not have.
        self._absent = [name for name in _OF_THE_TEMPLATE if name not in os.environ]
        os.environ.update({name: _OF_THE_TEMPLATE[name] for name in self._absent})
        directory = assignment.process.given.directory
        variables = (*plan.varying, *self._absent)
        self._child = becoming.Child(self._connection, os.path.join(directory, "output.log"), variables)
        ending.leave_last()

    def share(self, run: "partial[Any]") -> "Callable[[], object]":
        """Called where the script would be run; returns, once in each trial, what runs it there."""
        self.prepare_to_serve()
        try:
            self._import_ahead()
            obstacles.check_modules(self._program)
            self.freeze()
        except Unfit as unfit:
            self.give_up(str(unfit))
        self.serve(messages.ready())
        return ending.wrap(_renew_main(run))

    def give_up(self, problem: str) -> None:
        """Say why no trial can be forked from this process, and end it."""
        self._connection.give_up(problem)

    def prepare_to_serve(self) -> None:
        """Take note of how this process began."""
        try:
            self._mark = system.Mark()
        except OSError as error:
            self.give_up(f"{type(error).__name__}: {error}")
        self.generators = Generators()

    def _import_ahead(self) -> None:
        script = os.path.basename(sys.argv[0])
        for line, module, names in self._plan.imports:
            what = f"import of {module} ({script}:{line})"
            self._connection.tell(messages.doing(what))
            top = module.partition(".")[0]
            if top not in sys.modules and self._is_users(_find_spec(top)):
                return
            try:
                __import__(module, {}, {}, names, 0)
            except BaseException as error:
                raise Unfit(f"the {what} raised {type(error).__name__}: {error}") from None
            obstacle = obstacles.find_obstacle(self._connection.descriptor)
            if obstacle is not None:
                raise Unfit(f"the {what} {obstacle.text}")

    def _is_users(self, spec: "Any") -> bool:
        """Whether a module comes from the code directory, perhaps by another way than its name."""
        # The origin of a module that is no file ("built-in", "frozen") is no path.
        origin = spec.origin if getattr(spec, "has_location", False) else None
        places = [origin, *(getattr(spec, "submodule_search_locations", None) or ())]
        return any(isinstance(place, str) and obstacles.is_users(self._program, place) for place in places)

    def freeze(self) -> None:
        """Make this process ready to be forked."""
        import gc

        self.generators.note()
        self._signals = obstacles.take_signals()
        taking_down.keep_modules(self._program)
        gc.collect()
        # What lies in the permanent generation is not written to when a trial collects its garbage, so
        # that its memory stays shared.
        gc.freeze()

    def serve(self, ready: "messages.Record") -> None:
        """Fork a trial for each request; return in the trial."""
        self._connection.tell(ready)
        while True:
            try:
                request = self._connection.receive()
            except ValueError as error:
                self.give_up(str(error))
            try:
                answer = self._child.fork(request, self._mark)
            except OSError as error:
                answer = messages.refused(str(error))
            if answer is None:
                break
            self._connection.tell(answer)
        self.generators.renew()
        obstacles.refresh(self._signals)
        self._child.confirm()


def _find_spec(name: str) -> "Any":
    """Return the spec of a module of no package, ``None`` where there is none."""
    for finder in sys.meta_path:
        spec = finder.find_spec(name, None)
        if spec is not None:
            return spec
    return None


def _renew_main(run: "partial[Any]") -> "partial[Any]":
    """Give the trial a ``__main__`` that is not frozen, so that it is taken down at the end."""
    frozen = sys.modules["__main__"]
    module = type(frozen)("__main__")
    vars(module).update(vars(frozen))
    for name in ("__main__", "__mp_main__"):
        if sys.modules.get(name) is frozen:
            sys.modules[name] = module
    return type(run)(exec, run.args[0], vars(module)) if run.func is exec else run
