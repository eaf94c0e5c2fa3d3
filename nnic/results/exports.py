"""An experiment's results in the forms that other programs read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnic.results.csv_cells import harmless
from nnic.results.given_values import as_text
from nnic.results.jsonable import iso_time, plain
from nnic.results.secrets import mask_secrets
from nnic.runtime.errors import WrongInputError

if TYPE_CHECKING:
    from nnic.runtime.store.records import ExperimentRecord, TrialRecord

    Exporter = Callable[[ExperimentRecord, Sequence[TrialRecord]], str]

_FIXED = ("trial", "status", "metric")
_LATER = ("budget", "parent", "steps", "started", "seconds", "error")


def to_csv(record: ExperimentRecord, trials: Sequence[TrialRecord]) -> str:
    """Return a table: a row a trial, a column a parameter under its shortest name.

    Metrics beside the one that is searched are columns ``metrics.NAME``.

    An empty cell is a parameter that the trial did not have, or a result that is not there. ``None`` is
    written as that, and an empty text as two quotes, so that an import reads the same values. A text that a
    spreadsheet would compute has an apostrophe before it, which an import takes off.
    """
    names = record.space.display_names()
    metrics = sorted({name for trial in trials for name in trial.metrics})
    columns = [*names.values()]
    clashing = {*_FIXED, *_LATER}.intersection(columns)
    header = [f"parameters.{name}" if name in clashing else name for name in columns]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    measured = [f"metrics.{name}" for name in metrics]
    writer.writerow((*_FIXED, *map(harmless, header), *measured, *_LATER))
    for trial in trials:
        values = [
            harmless(as_text(record.space[key], trial.parameters[key])) if key in trial.parameters else ""
            for key in names
        ]
        others = [_cell(trial.metrics.get(name)) for name in metrics]
        error = "" if trial.error is None else f"{trial.error.kind}: {trial.error.message}"
        later = (
            trial.budget,
            trial.parent,
            len(trial.reports),
            iso_time(trial.started),
            trial.seconds,
            error,
        )
        fixed = (trial.id, _status(trial), _cell(trial.metric))
        writer.writerow((*fixed, *values, *others, *map(_cell, later)))
    return stream.getvalue()


def to_json(record: ExperimentRecord, trials: Sequence[TrialRecord]) -> str:
    """Return everything, exactly: the experiment, its space in NNI's form, and every trial by full keys."""
    config = record.config
    experiment = {
        "experiment": record.name,
        "state": record.state.value,
        "reason": record.reason,
        "created": iso_time(record.created),
        "seconds": record.elapsed_s,
        "command": mask_secrets(config.argv),
        "tuner": {"name": config.tuner, "options": dict(config.tuner_options)},
        "assessor": {"name": config.assessor, "options": dict(config.assessor_options)},
        "maximize": record.maximize,
        "seed": config.seed,
        "sources": dict(record.sources),
        "versions": dict(record.versions),
        "search_space": record.space.to_nni(),
        "trials": [_trial(trial) for trial in trials],
    }
    return json.dumps(plain(experiment), indent=2, ensure_ascii=False) + "\n"


def to_jsonl(record: ExperimentRecord, trials: Sequence[TrialRecord]) -> str:
    """Return a line a trial, each as in :func:`to_json`."""
    del record
    return "".join(json.dumps(plain(_trial(trial)), ensure_ascii=False) + "\n" for trial in trials)


def to_nni(record: ExperimentRecord, trials: Sequence[TrialRecord]) -> str:
    """Return what NNI's ``experiment export`` wrote: the trials with a result, with nested parameters."""
    from nnic.tuners.nni_format import nest

    found = [
        {
            "parameter": nest(record.space, trial.parameters),
            "value": {"default": trial.metric, **trial.metrics} if trial.metrics else trial.metric,
            "trial_job_id": str(trial.id),
        }
        for trial in trials
        if trial.metric is not None
    ]
    return json.dumps(plain(found), indent=2, ensure_ascii=False) + "\n"


def to_yaml(record: ExperimentRecord, trials: Sequence[TrialRecord]) -> str:
    """Return the best configuration alone, its parameters under their shortest names.

    Raises
    ------
    NoResultError
        When no trial has a result.
    """
    import yaml

    from nnic.results.stored import NoResultError
    from nnic.runtime.store.records import best_of

    best = best_of(trials, record.maximize)
    if best is None:
        raise NoResultError(
            f"no trial of {record.name} has a result yet; see the trials: nnic trials {record.name}"
        )
    names = record.space.display_names()
    values = {name: best.parameters[key] for key, name in names.items() if key in best.parameters}
    head = f"# {record.name}, trial {best.id}: {best.metric!r}\n"
    return head + yaml.safe_dump(values, sort_keys=False, allow_unicode=True)


EXPORTERS: dict[str, Exporter] = {
    "csv": to_csv,
    "json": to_json,
    "jsonl": to_jsonl,
    "nni": to_nni,
    "yaml": to_yaml,
}


def format_of(out: Path) -> str:
    """Return the form that the name of a file asks for; ``csv`` for one without an ending.

    Raises
    ------
    WrongInputError
        When its ending is that of no form.
    """
    ending = out.suffix.lstrip(".").lower()
    if not ending:
        return "csv"
    known = {"yml": "yaml", **{name: name for name in EXPORTERS}}
    if ending not in known:
        names = ", ".join(EXPORTERS)
        raise WrongInputError(f"{out} does not say which format is meant; add --format with one of {names}")
    return known[ending]


def _trial(trial: TrialRecord) -> dict[str, Any]:
    return {
        "trial": trial.id,
        "attempt": trial.attempt,
        "status": _status(trial),
        "metric": trial.metric,
        "metrics": dict(trial.metrics),
        "intermediate": list(trial.intermediate),
        "parameters": dict(trial.parameters),
        "budget": trial.budget,
        "parent": trial.parent,
        "origin": trial.origin.value,
        "started": iso_time(trial.started),
        "seconds": trial.seconds,
        "error": None if trial.error is None else {"kind": trial.error.kind, "message": trial.error.message},
    }


def _status(trial: TrialRecord) -> str:
    return trial.status.value if trial.discarded is None else "discarded"


def _cell(value: object) -> object:
    """Return a text, harmless, and the ``repr`` of a number, so that whoever reads it has the same value."""
    if value is None:
        return ""
    return harmless(value) if isinstance(value, str) else repr(value)
