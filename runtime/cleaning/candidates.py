"""Finding what can go without anything being lost that a result, a screen or a resume needs.

A running experiment is left alone. Of the others go: what trials wrote to their output and
checkpoint folders, but for the best trial's (and where a resume could still go on from it); attempts
that a later attempt has taken the place of; folders of experiments that never began; compiled
programs that ``nnic compile`` can make again; old backups. An experiment goes as a whole only when
it is named.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nnic.runtime.errors import ExplainedError
from nnic.runtime.store.lock import find_manager
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.records import ExperimentRecord, ExperimentState, TrialRecord, best_of
from nnic.runtime.text import counted
from nnic.tuners.protocol import TrialState

OLD_S = 7 * 24 * 3600.0
UNBEGUN_S = 3600.0  # The folder of an experiment that is still being compiled is younger.


class LiveExperimentError(ExplainedError):
    """The experiment that is to be removed is being run."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that can go.

    Parameters
    ----------
    what
        For a person.
    paths
        Files and folders.
    experiment
        Whose they are; it is locked while they are removed. Empty when they are no experiment's.
    whole
        The experiment goes too, with its rows in the store.
    """

    what: str
    paths: tuple[Path, ...]
    experiment: str = ""
    whole: bool = False

    @property
    def size_bytes(self) -> int:
        """What its files take on the disk."""
        return sum(disk_usage(path) for path in self.paths)


def find_candidates(home: Path, experiments: Iterable[str] = (), now: float | None = None) -> list[Candidate]:
    """What can go from the project at ``home``; of the named ``experiments`` everything.

    Raises
    ------
    UnknownExperimentError
        When a name is of no experiment.
    LiveExperimentError
        When a named experiment is being run.
    StoreError
        When the store cannot be read.
    """
    now = time.time() if now is None else now
    with StoreReader(home) as reader:
        problems: dict[str, str] = {}
        records = reader.experiments(problems)
        named = list(dict.fromkeys(experiments))
        found = [_whole(home, reader.experiment(name)) for name in named]
        for record in records:
            if record.name not in named and find_manager(home, record.name) is None:
                found += _of_experiment(record, reader.trials(record))
    found += _unbegun(home, {*problems, *(record.name for record in records)}, now)
    found += _builds(home, now)
    found += _backups(home, now)
    return found


def _whole(home: Path, record: ExperimentRecord) -> Candidate:
    manager = find_manager(home, record.name)
    if manager is not None:
        raise LiveExperimentError(
            f"{record.name} is being run by process {manager.pid}; stop it first: nnic stop {record.name}"
        )
    trials = counted(sum(record.counts.values()), "trial")
    what = f"{record.name}: the whole experiment ({record.state.value}, {trials}), its results too"
    return Candidate(what, _existing([record.config.directory]), record.name, whole=True)


def _of_experiment(record: ExperimentRecord, trials: tuple[TrialRecord, ...]) -> Iterator[Candidate]:
    best = best_of(trials, record.maximize)
    others = [trial for trial in trials if trial.status.ended and trial is not best]
    kept = "" if best is None else f" (all but the best, #{best.id})"
    config = record.config
    yield from _listed(
        f"{record.name}: what its trials wrote to their output folders{kept}",
        (trial.directory / "output" for trial in others),
        record.name,
        _has_content,
    )
    yield from _listed(
        f"{record.name}: attempts that were run again",
        (
            config.attempt_directory(trial.id, attempt.number)
            for trial in trials
            if trial.status.ended
            for attempt in trial.attempts
            if attempt.number != trial.attempt
        ),
        record.name,
    )
    # Until the run is over, promotions and resumes go on from any checkpoint.
    if record.state is ExperimentState.DONE and not any(t.status is TrialState.PAUSED for t in trials):
        yield from _listed(
            f"{record.name}: checkpoints of its trials{kept}",
            (config.checkpoint_directory(trial.id) for trial in others),
            record.name,
            _has_content,
        )


def _unbegun(home: Path, known: set[str], now: float) -> Iterator[Candidate]:
    for folder in _children(home / "experiments"):
        if folder.name in known or find_manager(home, folder.name) is not None:
            continue
        if now - folder.lstat().st_mtime > UNBEGUN_S:
            yield Candidate(
                f"{folder.name}: the folder of an experiment that never began", (folder,), folder.name
            )


def _builds(home: Path, now: float) -> Iterator[Candidate]:
    old = [path for path in _children(home / "build") if now - path.lstat().st_mtime > OLD_S]
    yield from _listed("programs that nnic compile wrote more than a week ago", old)


def _backups(home: Path, now: float) -> Iterator[Candidate]:
    paths = [*home.glob("nnic.db.v*.backup"), *home.glob("nnic.db.v*.backup.part")]
    old = [path for path in sorted(paths) if now - path.stat().st_mtime > OLD_S]
    yield from _listed("backups of the store before it was upgraded, older than a week", old)


def _listed(
    what: str,
    paths: Iterable[Path],
    experiment: str = "",
    wanted: Callable[[Path], bool] = os.path.lexists,
) -> Iterator[Candidate]:
    found = tuple(path for path in paths if wanted(path))
    if found:
        yield Candidate(what, found, experiment)


def _existing(paths: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(path for path in paths if os.path.lexists(path))


def _has_content(path: Path) -> bool:
    return path.is_symlink() or any(_children(path))


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def disk_usage(path: Path) -> int:
    """Bytes that ``path`` and what is below it take on the disk; links are not followed."""
    total = 0
    try:
        status = os.lstat(path)
        total += status.st_blocks * 512
        if stat.S_ISDIR(status.st_mode):
            with os.scandir(path) as entries:
                total += sum(disk_usage(Path(entry.path)) for entry in entries)
    except OSError:  # It went meanwhile, or is not ours to look into.
        pass
    return total
