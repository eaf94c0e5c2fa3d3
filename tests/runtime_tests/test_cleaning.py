"""What can go, goes; what a result, a resume or a running experiment needs stays."""

import json
import os
import sqlite3
import time

import pytest

from nnic.runtime.cleaning import find_candidates, remove
from nnic.runtime.cleaning.candidates import OLD_S, UNBEGUN_S, LiveExperimentError
from nnic.runtime.doctor import Level, examine
from nnic.runtime.manager.resume import resume_experiment
from nnic.runtime.store.connection import database_path
from nnic.runtime.store.lock import ExperimentBusyError, ExperimentLock
from nnic.runtime.store.reader import UnknownExperimentError
from nnic.runtime.store.records import ExperimentState


@pytest.fixture
def done(project):
    """A project with an experiment whose trials wrote outputs and checkpoints."""
    config = project.config("leave_children.py", "children", trials=4)
    assert project.run(config).state is ExperimentState.DONE
    furnish(config)
    return project, config


def furnish(config):
    for trial in range(4):
        for folder in (
            config.attempt_directory(trial, 0) / "output",
            config.checkpoint_directory(trial),
        ):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "model.bin").write_bytes(b"x" * 100_000)


def clean(home, *experiments, **options):
    return sum(remove(home, candidate) for candidate in find_candidates(home, experiments, **options))


def models(config):
    return {str(path.relative_to(config.directory)) for path in config.directory.rglob("model.bin")}


def test_the_best_trial_keeps_what_it_wrote(done):
    project, config = done
    with project.reader() as reader:
        before, best = reader.trials(), reader.best()
    assert len(models(config)) == 8
    assert clean(project.home) > 600_000
    assert models(config) == {
        f"trials/{best.id}/0/output/model.bin",
        f"trials/{best.id}/checkpoint/model.bin",
    }
    with project.reader() as reader:
        assert reader.trials() == before
    for trial in before:
        assert (trial.directory / "output.log").exists()
    assert find_candidates(project.home) == []
    # It can still go on, and what was removed is not missed.
    assert resume_experiment(project.home, trials=6).state is ExperimentState.DONE


def test_finding_changes_nothing(done):
    project, config = done
    first = find_candidates(project.home)
    assert first == find_candidates(project.home)
    assert len(models(config)) == 8
    assert all(candidate.size_bytes > 200_000 for candidate in first)


def test_what_an_interrupted_run_needs_stays(project):
    config = project.config("leave_children.py", "children", trials=4)
    manager = project.manage("run", config.name, json.dumps(config.to_json()), NNIC_FAULT="after-final:3")
    manager.communicate()
    furnish(config)
    clean(project.home)
    left = models(config)
    assert {name for name in left if "checkpoint" in name} == {
        f"trials/{n}/checkpoint/model.bin" for n in range(4)
    }
    assert resume_experiment(project.home).state is ExperimentState.DONE
    with project.reader() as reader:
        (lost,) = [trial for trial in reader.trials() if len(trial.attempts) > 1]
    earlier = config.attempt_directory(lost.id, 0)
    assert earlier.exists()
    clean(project.home)
    assert not earlier.exists()
    assert config.attempt_directory(lost.id, 1).exists()


def test_a_live_experiment_is_never_touched(done):
    project, config = done
    candidates = find_candidates(project.home)
    with ExperimentLock(project.home, config.name):
        os.utime(config.directory, (1, 1))
        # The lock is this process's own, so it is seen as living.
        assert find_candidates(project.home) == []
        with pytest.raises(LiveExperimentError, match=f"by process {os.getpid()}.*nnic stop {config.name}"):
            find_candidates(project.home, [config.name])
        for candidate in candidates:  # found before it came to life
            with pytest.raises(ExperimentBusyError):
                remove(project.home, candidate)
    assert len(models(config)) == 8


def test_a_whole_experiment_goes_on_request(done):
    project, config = done
    other = project.config("leave_children.py", "children", trials=2)
    project.run(other)
    assert clean(project.home, config.name) > 800_000
    assert not config.directory.exists()
    with project.reader() as reader:
        assert [record.name for record in reader.experiments()] == [other.name]
        assert len(reader.trials(other.name)) == 2
    connection = sqlite3.connect(database_path(project.home))
    (rows,) = connection.execute("SELECT count(*) FROM report").fetchone()
    connection.close()
    assert rows == 8
    assert not [f for f in examine(project.home) if f.level is Level.PROBLEM]
    with pytest.raises(UnknownExperimentError):
        find_candidates(project.home, [config.name])


def test_old_builds_backups_and_folders_that_never_began(done):
    project, _ = done
    home = project.home
    build = home / "build" / "train"
    build.mkdir(parents=True)
    (build / "program.json").write_text("{}")
    backup = home / "nnic.db.v1.backup"
    backup.write_bytes(b"x")
    never = home / "experiments" / "never-0001"
    never.mkdir()
    clean(home)
    assert all(path.exists() for path in (build, backup, never))
    clean(home, now=time.time() + 2 * UNBEGUN_S)
    assert not never.exists()
    clean(home, now=time.time() + OLD_S + 60)
    assert not build.exists()
    assert not backup.exists()
    assert database_path(home).exists()


def test_what_a_link_points_to_stays(done):
    project, config = done
    precious = project.folder / "data"
    precious.mkdir()
    (precious / "kept").write_text("x")
    output = config.attempt_directory(0, 0) / "output"
    for target in (output / "link", config.checkpoint_directory(0) / "link"):
        target.symlink_to(precious, target_is_directory=True)
    clean(project.home)
    clean(project.home, config.name)
    assert (precious / "kept").exists()
