"""Ending a run from outside, and going on with it."""

import json
import signal

import pytest

from nnic.runtime.manager.resume import ResumeError, resume_experiment
from nnic.runtime.manager.run import stop_experiment
from nnic.runtime.processes import read_stat
from nnic.runtime.store.records import AttemptState, ExperimentState


def start(project, script, *arguments, **options):
    config = project.config(script, *arguments, **options)
    return project.manage("run", config.name, json.dumps(config.to_json()))


def last_line(manager):
    out, error = manager.communicate(timeout=30)
    assert error == ""
    return out.split("\n")[-2]


def trials(project):
    with project.reader() as reader:
        return reader.trials()


def test_ctrl_c_once_lets_running_trials_end(project):
    manager = start(project, "slow.py", trials=50, jobs=2)
    project.read_until(manager, "started 1")
    manager.send_signal(signal.SIGINT)
    assert last_line(manager) == "interrupted"
    ended = trials(project)
    assert {trial.status.value for trial in ended} == {"succeeded"}
    assert 2 <= len(ended) < 50


@pytest.mark.parametrize("numbers", [(signal.SIGINT, signal.SIGINT), (signal.SIGTERM,), (signal.SIGHUP,)])
def test_ctrl_c_twice_and_sigterm_end_them_at_once(project, numbers):
    manager = start(project, "linger.py")
    project.read_until(manager, "report 0")
    for index, number in enumerate(numbers):
        manager.send_signal(number)
        project.read_until(manager, f"stopping {index + 1 < len(numbers)}")
    assert last_line(manager) == "interrupted"
    (trial,) = trials(project)
    assert (trial.status.value, trial.attempts[0].state) == ("waiting", AttemptState.INTERRUPTED)
    assert project.survivors() == []


def test_a_trial_that_ignores_sigterm_does_not_hold_up_the_end(project):
    manager = start(project, "linger.py", "stubborn", grace_s=0.3)
    project.read_until(manager, "report 0")
    manager.terminate()
    assert last_line(manager) == "interrupted"
    assert trials(project)[0].attempts[0].signal == signal.SIGKILL
    assert project.survivors() == []


def test_stop_from_another_terminal_and_resume(project):
    manager = start(project, "slow.py", trials=6)
    project.read_until(manager, "started 2")
    assert stop_experiment(project.home, now=True).pid == manager.pid
    assert last_line(manager) == "interrupted"
    with project.reader() as reader:
        record, before = reader.experiment(), reader.log()
    assert (record.state, record.reason) == (ExperimentState.INTERRUPTED, "stopped by its user")
    assert resume_experiment(project.home).reason == "6 trials are done"
    with project.reader() as reader:
        after, log = reader.experiment(), reader.log()
    assert log[: len(before)] == before
    assert after.elapsed_s > record.elapsed_s
    assert [t.attempt for t in trials(project)] == [0, 0, 1, 0, 0, 0]


def test_a_suspended_run_is_stopped(project):
    manager = start(project, "linger.py")
    project.read_until(manager, "report 0")
    manager.send_signal(signal.SIGSTOP)
    project.until(lambda: read_stat(manager.pid).state == "T")
    assert project.manage("resume").communicate(timeout=30)[1].strip() == f"busy {manager.pid}"
    assert stop_experiment(project.home, now=True).pid == manager.pid
    assert last_line(manager) == "interrupted"
    assert project.survivors() == []


def test_a_second_resume_is_refused_with_the_pid(project):
    manager = start(project, "linger.py")
    project.read_until(manager, "report 0")
    second = project.manage("resume")
    assert second.communicate(timeout=30)[1].strip() == f"busy {manager.pid}"
    manager.terminate()
    assert last_line(manager) == "interrupted"


def test_a_finished_experiment_goes_on_to_a_larger_limit(project):
    project.run(project.config("leave_children.py", trials=2, seed=3))
    assert resume_experiment(project.home).reason == "2 trials are done"
    assert resume_experiment(project.home, trials=4, jobs=2).reason == "4 trials are done"
    whole = project.config("leave_children.py", trials=4, seed=3)
    project.run(whole)
    with project.reader() as reader:
        first, second = reader.experiments()
        values = [[t.parameters for t in reader.trials(e)] for e in (first, second)]
    assert (first.config.trials, first.config.jobs) == (4, 2)
    assert values[0][:3] == values[1][:3]


def test_the_own_values_are_tried_again_by_a_resume(project):
    (project.folder / "missing").unlink(missing_ok=True)
    config = project.config("needs_file.py", "missing", trials=2)
    assert project.run(config).state is ExperimentState.FAILED
    assert resume_experiment(project.home).state is ExperimentState.FAILED
    (project.folder / "missing").touch()
    assert resume_experiment(project.home).state is ExperimentState.DONE
    assert [a.state.value for a in trials(project)[0].attempts] == ["failed", "failed", "succeeded"]


def test_a_resume_can_go_on_without_them(project):
    config = project.config("needs_file.py", "missing", "trial 0 only", trials=2)
    assert project.run(config).state is ExperimentState.FAILED
    result = resume_experiment(project.home, keep_going=True)
    assert (result.state, result.best.id) == (ExperimentState.DONE, 1)
    assert [t.status.value for t in trials(project)] == ["failed", "succeeded"]


def rewrite(project, old, new):
    """A tuner of the project's own, changed between two sessions."""
    path = project.folder / "own_tuner.py"
    path.write_text(path.read_text().replace(old, new))


@pytest.fixture
def own_tuner(project, request):
    source = (request.path.parents[1] / "scripts" / "tuner.py").read_text()
    path = project.folder / "own_tuner.py"
    path.write_text(source)
    return f"{path}:Halton"


def test_a_tuner_that_proposes_otherwise_is_said(project, own_tuner):
    project.run(project.config("leave_children.py", tuner=own_tuner, trials=3))
    rewrite(project, "16**6}", "16**6 / 2}")
    warnings = []

    class Watcher(type(project).observer):
        def warning(self, message):
            warnings.append(message)

    assert resume_experiment(project.home, observer=Watcher(), trials=4).state is ExperimentState.DONE
    (text,) = warnings
    assert "no longer proposes the same (the call that proposed trials #1 proposes different ones now" in text
    assert "continuing from its saved state" in text


def test_a_tuner_that_raises_is_mended_and_goes_on(project, own_tuner):
    rewrite(project, "        trial = event.trial\n", "        trial = event.tryal\n")
    result = project.run(project.config("leave_children.py", tuner=own_tuner, trials=3))
    assert result.state is ExperimentState.FAILED
    assert "raised AttributeError" in result.reason
    assert "own_tuner.py:" in result.reason
    with pytest.raises(ResumeError, match="AttributeError"):
        resume_experiment(project.home)
    rewrite(project, "event.tryal", "event.trial")
    assert resume_experiment(project.home).reason == "3 trials are done"


def test_usage_errors_leave_nothing_behind(project):
    with pytest.raises(ValueError, match="there is no tuner 'nonesuch'"):
        project.run(project.config("leave_children.py", tuner="nonesuch"))
    assert not (project.home / "nnic.db").exists() or trials(project) == ()
