"""Makes this process a template, when the fork server started it as one.

What must never be broken here:

- ``NNIC_TEMPLATE`` is taken out of the environment before any code of the user's runs: a process that
  the script starts would otherwise take itself for a template, on a descriptor that is not its own.
- A template that can't begin fails before it serves. The fork server then sees its end, and its trials
  are started as processes of their own.
"""

import os

from nnic.runtime.trial import assignment, hook
from nnic.runtime.trial.forking.fork_point import PrefixTemplate
from nnic.runtime.trial.forking.plan import Plan
from nnic.runtime.trial.forking.template import Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nnic.runtime.trial.snapshot import Snapshot


def start() -> None:
    """Do as :func:`nnic.runtime.trial.hook.start`, and have the script's place taken by a template.

    ``NNIC_TEMPLATE`` holds the descriptor of a stream socket to the fork server.
    """
    descriptor = int(os.environ.pop("NNIC_TEMPLATE"))

    def open_template(program: "Snapshot") -> Template:
        given = assignment.process.given
        if given.plan is None:
            raise ValueError("a template was started in the directory of a trial")
        plan = Plan(given.plan)
        return (PrefixTemplate if plan.prefix else Template)(descriptor, program, plan)

    hook.start(open_template)
