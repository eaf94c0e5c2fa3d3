"""The template that runs the script itself, up to the place where its trials part.

There it goes no further: it serves, in the midst of the user's frames, and each trial returns from
there. It never unwinds them itself, since that would run his ``finally`` blocks.
"""

import os

from nnic.runtime import trial
from nnic.runtime.trial.forking import ending, prefix
from nnic.runtime.trial.forking import obstacles as state
from nnic.runtime.trial.forking import system_calls as system
from nnic.runtime.trial.forking.template import Template, Unfit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from functools import partial
    from typing import Any

    from nnic.runtime.trial.snapshot import Snapshot


class Parting(Template):
    """See the module; ``plan`` holds ``own`` (the variables that a trial has of its own) and ``threads``
    (the true values of the variables that are 1 in the template, where an OpenMP region with more
    threads would leave its children waiting for ever)."""

    def __init__(self, descriptor: int, program: "Snapshot") -> None:
        super().__init__(descriptor, program)
        plan: dict[str, Any] = trial._given.plan
        self._own: list[str] = plan["own"]
        self._threads: dict[str, str | None] = plan["threads"]
        self._varying = (*self._varying, *self._threads)

    def share(self, run: "partial[Any]") -> "Callable[[], object]":
        """Return what runs the script, with everything prepared for the place where trials part."""
        self.prepare_to_serve()
        self._tell({"event": "doing", "what": "part of the script that its trials share"})
        if type(getattr(os.environ, "_data", None)) is not dict:
            self.give_up("os.environ keeps its variables where they can't be watched")
        self._watch = prefix.Watch(self._program, self.give_up)
        self._given = trial._given
        trial._given = prefix.Unknown(self._part)  # type: ignore[assignment]
        environment: Any = os.environ
        data = dict(environment._data)
        for name, value in self._threads.items():
            data.pop(os.fsencode(name), None)
            if value is not None:
                data[os.fsencode(name)] = os.fsencode(value)
        own = frozenset(os.fsencode(name) for name in self._own)
        hidden = frozenset(os.fsencode(name) for name in self._absent)
        environment._data = prefix.Variables(data, own, hidden, self._program, self._part)
        ending.unforked = self._give_up_at_end
        return ending.wrap(run)

    def _part(self) -> None:
        """Serve; return in each trial."""
        at = self._watch.place()
        self._watch.end()
        environment: Any = os.environ
        environment._data = dict(dict.items(environment._data))
        trial._given = self._given
        try:
            prefix.end_tqdm()
            self._refuse_obstacles(at)
            self._freeze()
        except Unfit as unfit:
            self.give_up(str(unfit))
        self._serve(at=at, drawn=self._generators.drawn)
        ending.unforked = None
        prefix.renew_tqdm()
        system.set_threads(self._threads["OMP_NUM_THREADS"])

    def _refuse_obstacles(self, at: str) -> None:
        problem = state.find_obstacle(self._descriptor)
        if not problem:
            return
        path = problem.removeprefix("opened ")
        kinds = {"thread": "thread", "sqlite": "sqlite", "socket": "socket", "memory": "memory"}
        words = [kinds[kind] for kind in kinds if kind in problem]
        place = self._watch.place(path if path.startswith("/") else words[0] if words else "other")
        raise Unfit(f"{place} {problem}, which is still there at {at}, where trials part")

    def _give_up_at_end(self, error: "BaseException | None") -> None:
        if error is None or isinstance(error, SystemExit):
            self.give_up("the script ended without asking for anything of a trial's own")
            return
        place, trace = "the script", error.__traceback__
        while trace is not None:
            file = self._program.find(trace.tb_frame.f_code.co_filename)
            place = f"{file}:{trace.tb_lineno}" if file else place
            trace = trace.tb_next
        self.give_up(f"{place} raised {type(error).__name__}: {error}")


def open_template(descriptor: int, program: "Snapshot") -> Template:
    """Make the template that this process is to be.

    Parameters
    ----------
    descriptor
        See :class:`Template`.
    """
    return (Parting if "own" in trial._given.plan else Template)(descriptor, program)
