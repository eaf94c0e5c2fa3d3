"""``trial.json``: what an attempt of a trial, or a template, is told at its start.

It is written here and read by ``trial/assignment.py`` and ``trial/forking/plan.py``, which import neither
this module nor any dataclass, since every process of every trial pays for what it imports. A test holds
that both sides name the same fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from nnic.runtime import encoding
from nnic.tuners.space import Value

FILE = "trial.json"
VERSION = 2


@dataclass(frozen=True, slots=True)
class TrialDocument:
    """What one attempt of a trial is told.

    Parameters
    ----------
    experiment
        The experiment's name.
    trial, attempt
        Which attempt of which trial it is.
    seed
        The trial's random seed, the same in each of its attempts; in [0, 2**32).
    program
        Folder of the compiled program; ``None`` for a script that runs as it is.
    parameters
        The values by key, a budget and a checkpoint directory among them; empty in trial 0.
    options
        For every choice among ``parameters`` the index of its option, from 0.
    budget
        The budget as the tuner gave it.
    parent
        The trial whose checkpoint this one starts from.
    checkpoint
        The directory of the trial's checkpoints, ``""`` where the program declares none.
    checkpoint_source
        The directory that ``checkpoint`` starts as a copy of, ``""`` for an empty one.
    output_dir
        Where the script may write.
    judged
        Whether a report may lead to the trial's being stopped.
    nested
        The parameters in NNI's nested form, for a script whose space came from a file of NNI's; ``None``
        where the script gets ``parameters`` as they are.
    """

    experiment: str
    trial: int
    attempt: int
    seed: int
    program: str | None
    parameters: Mapping[str, Value]
    options: Mapping[str, int]
    budget: float | None = None
    parent: int | None = None
    checkpoint: str = ""
    checkpoint_source: str = ""
    output_dir: str = ""
    judged: bool = False
    nested: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a template does before it forks trials.

    Parameters
    ----------
    imports
        The imports to do ahead, as line, module, and the names that are imported from it.
    prefix
        Whether to run the script itself up to its fork point, instead of the imports.
    varying
        The environment variables that are set anew in each trial.
    own
        Those of them whose reading is a fork point.
    threads
        The true values of the variables that are 1 in a template that runs the script; ``None`` for one
        that is not set.
    """

    imports: tuple[tuple[int, str, tuple[str, ...]], ...] = ()
    prefix: bool = False
    varying: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    threads: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TemplateDocument:
    """What a template is told, in the file of the same name in its own folder."""

    program: str
    plan: Plan


def encode(document: TrialDocument | TemplateDocument) -> str:
    """The content of the file."""
    kind = "trial" if isinstance(document, TrialDocument) else "template"
    return encoding.dumps({"version": VERSION, "kind": kind, **_content(document)}) + "\n"


def _content(document: TrialDocument | TemplateDocument | Plan) -> dict[str, object]:
    """The fields by name; a plan is one of them, and so has a content itself."""
    content = {entry.name: getattr(document, entry.name) for entry in fields(document)}
    return {name: _content(value) if isinstance(value, Plan) else value for name, value in content.items()}
