"""What a template is to do before it forks trials: the ``plan`` of its ``trial.json``.

What must never be broken here: the fields are those of ``Plan`` in ``launchers/trial_document.py``, by
name, and a field that is missing is an error. A template that guessed would fork trials that differ
from processes of their own.
"""

from nnic.runtime.trial import assignment

FIELDS = ("imports", "prefix", "varying", "own", "threads")


class Plan:
    """What a template is to do.

    Parameters
    ----------
    data
        The ``plan`` of the template's ``trial.json``.

    Raises
    ------
    ValueError
        When a field is missing.
    """

    # The imports to do ahead, as line, module, and the names that are imported from it.
    imports: "list[tuple[int, str, list[str]]]"
    # Whether to run the script itself up to its fork point, instead of the imports.
    prefix: bool
    # The environment variables that are set anew in each trial.
    varying: "list[str]"
    # Those of them whose reading is a fork point.
    own: "list[str]"
    # The true values of the variables that are 1 in a template that runs the script: an OpenMP region with
    # more threads would leave the processes forked from it waiting for ever.
    threads: "dict[str, str | None]"

    def __init__(self, data: "dict[str, object]") -> None:
        assignment.set_fields(self, data, FIELDS, "the template's plan")
