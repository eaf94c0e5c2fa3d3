"""Stopping a trial in the answer to its report, before any signal."""

import json
import textwrap

import pytest

from nnic.runtime.config import RunConfig
from nnic.runtime.launchers.base import Exit, Exited, Recorded
from nnic.runtime.launchers.metrics import Stopping
from nnic.runtime.manager.resume import resume_experiment
from nnic.runtime.store.log_entries import Decided
from nnic.runtime.store.records import AttemptState
from nnic.tuners.protocol import Decision, EventKind

# Stops every trial but the script's own values at its second report.
ASSESSOR = """
from nnic.tuners.protocol import Decision

class Second:
    def __init__(self, problem):
        pass

    def assess(self, trial, history):
        return Decision.STOP if len(trial.reports) == 2 else Decision.CONTINUE
"""


def at_second_report(event):
    hit = event.kind is EventKind.REPORT and (event.trial.id, len(event.trial.reports)) == (1, 2)
    return Decision.STOP if hit else Decision.CONTINUE


def prepare(lab, ending, **options):
    """Trial 1 is to stop at its second report and hears of it; then it does what ``ending`` says."""
    lab.tuner.owns_stopping = True
    lab.tuner.decide = at_second_report
    experiment = lab.prepare(trials=2, **options)

    def ask(key):
        lab.launcher.calls.append("ask")
        asked_at = lab.clock.time
        lab.launcher.queue = [entry for entry in lab.launcher.queue if entry[2].key != key]
        for after, happening in ending(key):
            lab.launcher.schedule(asked_at + after, happening)
        return True

    lab.launcher.ask_to_stop = ask
    lab.behaviour = lambda launch: lab.succeed(launch, *([0.1] * (9 if launch.key.trial == 1 else 1)))
    return experiment


def ended(key, exit=None):
    return Exited(key, exit or Exit(code=143))


def test_a_trial_that_heeds_it_gets_no_signal(lab):
    prepare(lab, lambda key: [(0.0, Recorded(key, Stopping(9))), (1.0, ended(key))]).run()
    trial = lab.trials()[1]
    assert (trial.status.value, trial.intermediate, trial.error) == ("stopped", (0.1, 0.1), None)
    assert trial.attempts[0].exit_code == 143
    assert lab.launcher.calls == ["start 0.0", "start 1.0", "ask"]
    assert lab.launcher.answers == [(1, 0)]


def test_one_that_does_not_hear_gets_the_signal_after_a_while(lab):
    prepare(lab, lambda key: [], grace_s=60.0).run()
    assert lab.launcher.calls[-2:] == ["ask", "terminate 1.0"]
    trial = lab.trials()[1]
    assert trial.ended - trial.started == pytest.approx(2.0 + 2.0)


def test_one_that_hears_and_does_not_end_has_the_grace_period(lab):
    prepare(lab, lambda key: [(0.0, Recorded(key, Stopping(9)))], grace_s=7.0).run()
    assert lab.launcher.calls[-2:] == ["ask", "kill 1.0"]
    assert lab.trials()[1].ended - lab.trials()[1].started == pytest.approx(2.0 + 7.0)


def test_the_end_of_the_run_does_not_wait_for_one_that_was_asked(lab):
    experiment = prepare(lab, lambda key: [], grace_s=60.0, time_s=6.0)
    experiment.run()
    assert lab.launcher.calls[-2:] == ["ask", "terminate 1.0"]
    assert lab.trials()[1].status.value == "stopped"


def test_a_stop_now_does_not_wait_for_one_that_was_asked(lab):
    experiment = prepare(lab, lambda key: [], grace_s=60.0)
    lab.launcher.stubborn = {1}

    def stop():
        if lab.launcher.calls[-1] in ("ask", "terminate 1.0"):
            experiment.request_stop(drain=False)

    lab.launcher.on_wait.append(stop)
    experiment.run()
    assert lab.launcher.calls[-3:] == ["ask", "terminate 1.0", "kill 1.0"]
    assert lab.trials()[1].status.value == "stopped"
    assert lab.clock.time - 1000.0 < 60.0


def test_only_trials_that_may_be_stopped_wait_for_answers(lab):
    experiment = lab.prepare(trials=2)
    experiment.run()
    assert [launch.document.judged for launch in lab.launcher.launches.values()] == [False, False]
    assert lab.launcher.answers == []


def test_the_scripts_own_values_are_not_judged(lab):
    prepare(lab, lambda key: [(0.0, ended(key))]).run()
    assert [launch.document.judged for launch in lab.launcher.launches.values()] == [False, True]


@pytest.fixture
def run(project):
    (project.folder / "second.py").write_text(ASSESSOR)

    def run(text, **options):
        path = project.folder / "train.py"
        path.write_text("import nnic.runtime.trial as nni\n" + textwrap.dedent(text))
        values = {"trials": 2, "assessor": f"{project.folder / 'second.py'}:Second", "grace_s": 20.0}
        config: RunConfig = project.config(path, light=False, **{**values, **options})
        project.run(config)
        with project.reader() as reader:
            return reader.trial(config.name, 1)

    return run


CLEAN = """
    import atexit, os, time
    trial = nni.get_trial_id()
    atexit.register(lambda: open(f"atexit-{trial}", "w").close())
    try:
        for step in range(200 if trial == "1" else 1):
            nni.report_intermediate_result(step)
            time.sleep(PAUSE)
        nni.report_final_result(1)
    finally:
        open(f"finally-{trial}", "w").close()
"""


@pytest.mark.parametrize("pause", [0.02, 0.5])
def test_a_script_ends_at_a_report_with_what_it_does_at_its_end(run, project, pause):
    trial = run(CLEAN.replace("PAUSE", str(pause)))
    assert (project.folder / "finally-1").exists()
    assert (project.folder / "atexit-1").exists()
    assert (trial.attempts[0].state, trial.attempts[0].exit_code) == (AttemptState.STOPPED, 143)
    assert 2 <= len(trial.intermediate) < 200


def test_reports_of_other_processes_and_threads_end_by_the_signal(run, project):
    text = """
        import multiprocessing, threading, time
        def work():
            for step in range(100):
                nni.report_intermediate_result(step)
                time.sleep(0.05)
        if nni.get_trial_id() == "0":
            work()
        else:
            for make in (threading.Thread, multiprocessing.get_context("fork").Process):
                worker = make(target=work)
                worker.start()
                worker.join()
        nni.report_final_result(1)
    """
    text = text.replace("range(100)", "range(3 if nni.get_trial_id() == '0' else 100)")
    trial = run(text)
    assert (trial.status.value, trial.attempts[0].signal) == ("stopped", 15)


def test_a_script_that_swallows_it_is_ended_by_force(run):
    text = """
        import time
        for step in range(1000 if nni.get_trial_id() == "1" else 1):
            try:
                nni.report_intermediate_result(step)
            except BaseException:
                pass
            time.sleep(0.05)
        nni.report_final_result(1)
    """
    trial = run(text, grace_s=0.5)
    assert (trial.status.value, trial.attempts[0].signal) == ("stopped", 9)


@pytest.mark.parametrize("point", ["after-report", "before-commit", "after-commit"])
def test_a_manager_is_killed_between_the_decision_and_the_answer(project, point):
    """A trial that was decided about is never run again, whether it came to hear of it or not."""
    (project.folder / "second.py").write_text(ASSESSOR)
    path = project.folder / "train.py"
    path.write_text("import nnic.runtime.trial as nni\n" + textwrap.dedent(CLEAN).replace("PAUSE", "0.05"))
    assessor = f"{project.folder / 'second.py'}:Second"
    config = project.config(path, light=False, trials=2, assessor=assessor, retries=99)
    action = ("run", config.name, json.dumps(config.to_json()))
    for count in range(2, 6):
        manager = project.manage(*action, NNIC_FAULT=f"{point}:{count}")
        manager.communicate(timeout=60)
        assert project.left_over() == []
        action = ("resume",)
    resume_experiment(project.home)
    with project.reader() as reader:
        trial = reader.trials()[1]
        final = [entry.trial for entry in reader.log() if isinstance(entry, Decided)]
    assert trial.status.value == "stopped"
    assert final == [1]
    attempts = [attempt.state for attempt in trial.attempts]
    assert set(attempts[:-1]) <= {AttemptState.LOST}
    assert attempts[-1] is AttemptState.STOPPED
