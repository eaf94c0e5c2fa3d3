"""The template that runs the script itself, up to its fork point.

The fork point is where the script first asks for what is the trial's own: a value, a report, its identity,
a variable of its environment. There the template goes no further. It serves, below the user's frames, and
each trial returns from there.

What must never be broken here:

- The user's frames are never unwound by us: that would run their ``finally`` blocks in the template. The
  process leaves with ``os._exit`` or goes on as a trial.
- Nothing before the fork point may have had an effect outside of the process, or differ from trial to
  trial; ``watch.py`` refuses it before it happens, ``obstacles.py`` finds what is left of it.
- At the fork point all that stood in for a trial's own (the assignment, ``os.environ``) is put back before
  the first trial is forked.
- A script that ends or fails before it asks for anything is never taken for a trial that did so.
"""

import os

from nnic.runtime.trial import assignment
from nnic.runtime.trial.forking import ending, messages, obstacles, prefix, taking_down
from nnic.runtime.trial.forking import system_calls as system
from nnic.runtime.trial.forking.obstacles import Unfit
from nnic.runtime.trial.forking.template import Template
from nnic.runtime.trial.forking.watch import Watch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from functools import partial
    from typing import Any


class PrefixTemplate(Template):
    """See the module."""

    def share(self, run: "partial[Any]") -> "Callable[[], object]":
        """Return what runs the script, with everything prepared for its fork point."""
        self.prepare_to_serve()
        self._connection.tell(messages.doing("code before the first value"))
        if not prefix.can_stand_in():
            self.give_up("os.environ keeps its variables where nnic can't watch them")
        self._watch = Watch(self._program, self.give_up)
        self._given = assignment.process.given
        assignment.process.given = prefix.Unknown(self._fork_here)  # type: ignore[assignment]
        own = frozenset(os.fsencode(name) for name in self._plan.own)
        hidden = frozenset(os.fsencode(name) for name in self._absent)
        data = prefix.environment()
        for name, value in self._plan.threads.items():
            data.pop(os.fsencode(name), None)
            if value is not None:
                data[os.fsencode(name)] = os.fsencode(value)
        prefix.replace_environment(prefix.Variables(data, own, hidden, self._program, self._fork_here))
        ending.report_before_fork(self._give_up_at_end)
        return ending.wrap(run)

    def _fork_here(self) -> None:
        """Serve; return in each trial."""
        place = self._watch.place()
        self._watch.end()
        prefix.replace_environment(prefix.environment())
        assignment.process.given = self._given
        try:
            obstacles.end_tqdm()
            self._refuse_obstacles(f"{place}")
            self.freeze()
            taking_down.freeze_script()
        except Unfit as unfit:
            self.give_up(str(unfit))
        self.serve(messages.ready(place.file, place.line, tuple(self.generators.drawn)))
        ending.report_before_fork(None)
        obstacles.renew_tqdm()
        system.set_threads(self._plan.threads["OMP_NUM_THREADS"])

    def _refuse_obstacles(self, at: str) -> None:
        obstacle = obstacles.find_obstacle(self._connection.descriptor)
        if obstacle is not None:
            place = self._watch.place_of(obstacle)
            raise Unfit(f"{place} {obstacle.text}, which is still there at {at}, where trials are forked")

    def _give_up_at_end(self, error: "BaseException | None") -> None:
        if error is None or isinstance(error, SystemExit):
            self.give_up("the script ended without reading a value of a trial")
            return
        place, trace = "the script", error.__traceback__
        while trace is not None:
            file = self._program.find(trace.tb_frame.f_code.co_filename)
            place = f"{file}:{trace.tb_lineno}" if file else place
            trace = trace.tb_next
        self.give_up(f"{place} raised {type(error).__name__}: {error}")
