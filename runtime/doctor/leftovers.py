"""What runs that were killed have left: experiments to go on with, processes, files of locks."""

from __future__ import annotations

import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from nnic.runtime.doctor.findings import Finding, Level
from nnic.runtime.filesystem import network_filesystem
from nnic.runtime.processes import SUPERVISOR_MARK, TRIAL_MARK, find_marked, mark_of
from nnic.runtime.store.connection import StoreError, connect_reader, database_path
from nnic.runtime.store.lock import find_manager
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.records import ExperimentState
from nnic.runtime.store.schema import MIGRATIONS


def check_leftovers(home: Path) -> Iterator[Finding]:
    """Experiments that were cut short, and processes that nobody watches over any more."""
    if network_filesystem(home) is not None:
        return
    findings = [*_check_processes(home), *_check_experiments(home)]
    yield from findings
    if not any(finding.level is Level.PROBLEM for finding in findings):
        yield Finding(
            Level.OK, "leftovers", "no process, lock or running trial is left over from a run that is gone"
        )


def _check_processes(home: Path) -> Iterator[Finding]:
    prefix = f"{home / 'experiments'}{os.sep}"
    by_experiment: dict[str, set[int]] = defaultdict(set)
    for mark in (TRIAL_MARK, SUPERVISOR_MARK):
        for process in find_marked(mark, lambda value: value.startswith(prefix)):
            value = mark_of(process.pid, mark)
            if value is not None:
                by_experiment[value[len(prefix) :].split(os.sep)[0]].add(process.pid)
    for name, pids in sorted(by_experiment.items()):
        if find_manager(home, name) is None:
            listed = " ".join(str(pid) for pid in sorted(pids))
            text = f"processes of {name} are still alive although its manager is gone: {listed}"
            yield Finding(Level.PROBLEM, "leftovers", text, f"end them: nnic stop {name}")


def _check_experiments(home: Path) -> Iterator[Finding]:
    try:
        if not is_latest(home):  # opening it would migrate it
            return
        with closing(StoreReader(home)) as reader:
            problems: dict[str, str] = {}
            records = reader.experiments(problems)
            asked = reader.unanswered()
    except (StoreError, sqlite3.DatabaseError):  # the store has its own check
        return
    for record in records:
        manager = find_manager(home, record.name)
        way = f"nnic resume {record.name}"
        if manager is not None:
            yield Finding(Level.NOTE, "running", f"{record.name} runs (process {manager.pid})")
        elif record.state is ExperimentState.RUNNING:
            text = f"{record.name} was killed; what it had committed is kept"
            yield Finding(Level.PROBLEM, "leftovers", text, f"continue it: {way}")
        elif record.state is ExperimentState.INTERRUPTED:
            text = f"{record.name} was interrupted ({record.reason})"
            yield Finding(Level.NOTE, "leftovers", text, f"continue it: {way}")
        if manager is None and asked.get(record.name):
            count = asked[record.name]
            text = f"{record.name} has not taken in {'a request' if count == 1 else f'{count} requests'} yet"
            yield Finding(Level.NOTE, "leftovers", text, f"take them in: {way}")
    yield from _check_folders(home, {*problems, *(record.name for record in records)})


def is_latest(home: Path) -> bool:
    """Tell whether there is a database of this version, which opening it does not change."""
    path = database_path(home)
    if not path.exists():
        return False
    connection, version = connect_reader(path)
    connection.close()
    return version == len(MIGRATIONS)


def _check_folders(home: Path, known: set[str]) -> Iterator[Finding]:
    folders = home / "experiments"
    names = {entry.name for entry in os.scandir(folders) if entry.is_dir()} if folders.is_dir() else set()
    strays = sorted(name for name in names - known if find_manager(home, name) is None)
    if strays:
        text = f"folders of experiments that never began: {', '.join(strays)}"
        yield Finding(Level.NOTE, "leftovers", text, "remove them: nnic clean")
    gone = sorted(known - names)
    if gone:
        text = f"the folders of {', '.join(gone)} were deleted; their results are still in the store"
        yield Finding(Level.NOTE, "leftovers", text, f"forget them: nnic clean {' '.join(gone)}")
