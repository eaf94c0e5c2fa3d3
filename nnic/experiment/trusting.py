"""Accepts what came from another user or another machine."""

from __future__ import annotations

from pathlib import Path

from nnic.apply.journal import accept_applies
from nnic.results.stored import open_store
from nnic.runtime.errors import ExplainedError
from nnic.runtime.store.owners import accept_home
from nnic.runtime.store.seals import find_key, key_folder
from nnic.runtime.store.trust import describe, seal_experiment


class NoKeyError(ExplainedError):
    """There is no place for the key with which nnic remembers what its user accepted."""


def trust_store(home: Path) -> dict[str, str]:
    """Accept all experiments of a store, and all that was applied from it, for this user.

    Returns
    -------
    dict
        What each experiment runs when it goes on, by name.

    Raises
    ------
    NoKeyError
        When nothing can be remembered for this user.
    UnknownExperimentError, StoreError, DamagedStoreError
        When there is no store, or it can't be read.
    """
    if find_key(make=True) is None:
        raise NoKeyError(
            f"nothing is accepted: nnic can't keep its key in {key_folder()}; "
            "set XDG_STATE_HOME to a folder of your own"
        )
    accept_home(home)
    problems: dict[str, str] = {}
    with open_store(home) as reader:
        records = reader.experiments(problems)
    for record in records:
        seal_experiment(record.config)
    accept_applies(home / "experiments")
    return {record.name: describe(record.config) for record in records}
