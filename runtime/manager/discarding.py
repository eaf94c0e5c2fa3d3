"""Discards results of an experiment that no process runs, or takes them back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from nnic.runtime.store.discarding import (
    discard_record,
    end_again,
    is_told,
    restore_record,
    why_not_discarded,
)
from nnic.runtime.store.event_log import EventLog
from nnic.runtime.store.lock import ExperimentLock
from nnic.runtime.store.log_entries import Event, Note
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.writer import Store


def discard_results(home: Path, name: str, trials: Sequence[int], undo: bool = False) -> None:
    """Discard the results of trials, or with ``undo`` have them count again.

    A resume replays to the tuner what is written here.

    Raises
    ------
    UnknownExperimentError
        When there is no such experiment or trial.
    ExperimentBusyError
        When a process runs it, which is to be asked instead.
    ValueError
        When one of the trials has no result, or none that was discarded; nothing was changed.
    """
    with ExperimentLock(home, name), closing(Store(home)) as store:
        with StoreReader(home) as reader:
            space, log = reader.experiment(name).space, reader.log(name)
            found = [reader.trial(name, number) for number in dict.fromkeys(trials)]
        for trial in found:
            why = why_not_discarded(trial, undo)
            if why:
                raise ValueError(why)
        store.open(name)
        event_log = EventLog()
        for entry in log:
            event_log.apply(entry)
        for trial in found:
            record = restore_record(trial) if undo else discard_record(trial)
            change = end_again(record)
            told = is_told(record, space)
            changed = Event(event_log.order, change) if told else Note(change)
            event_log.apply(changed)
            store.append(changed)
            store.put_trial(record)
        store.commit()
