"""A script that asks whether to stop goes to its own end, and its trial is stopped without a result."""

import textwrap

import pytest

from nnic.runtime.launchers.base import Exit, Exited, Recorded
from nnic.runtime.launchers.metrics import Stopping
from nnic.runtime.store.log_entries import Decided, Event
from nnic.runtime.store.records import AttemptState
from nnic.tuners.protocol import Decision, EventKind

ASSESSOR = """
from nnic.tuners.protocol import Decision

class Second:
    def __init__(self, problem):
        pass

    def assess(self, trial, history):
        return Decision.STOP if len(trial.reports) == 2 else Decision.CONTINUE
"""


def stop_second_report(event):
    hit = event.kind is EventKind.REPORT and (event.trial.id, len(event.trial.reports)) == (1, 2)
    return Decision.STOP if hit else Decision.CONTINUE


@pytest.fixture
def stopping(lab):
    """Trial 1 hears that it is to stop; the messages that follow are what the test says."""

    def prepare(*after, **options):
        lab.tuner.owns_stopping = True
        lab.tuner.decide = stop_second_report
        experiment = lab.prepare(trials=2, **options)

        def ask(key):
            lab.launcher.calls.append("ask")
            asked_at = lab.clock.time
            lab.launcher.queue = [entry for entry in lab.launcher.queue if entry[2].key != key]
            for delay, happening in after:
                lab.launcher.schedule(asked_at + delay, happening(key))
            return True

        lab.launcher.ask_to_stop = ask
        lab.behaviour = lambda launch: lab.succeed(launch, *([0.1] * (9 if launch.key.trial == 1 else 1)))
        return experiment

    return prepare


def heard(key):
    return Recorded(key, Stopping(50, by_itself=True))


def final(lab, value, sequence=60):
    def happening(key):
        return Recorded(key, lab.metric(lab.launcher.launches[key], value, True, sequence).metric)

    return happening


def ended(key):
    return Exited(key, Exit(code=0))


def test_its_end_takes_longer_than_a_signal_would_let_it(lab, stopping):
    stopping((0.0, heard), (60.0, final(lab, 0.7)), (61.0, ended), grace_s=2.0).run()
    trial = lab.trials()[1]
    assert (trial.status.value, trial.metric, trial.error) == ("stopped", None, None)
    assert trial.intermediate == (0.1, 0.1, 0.7)
    assert lab.launcher.calls[-1] == "ask"


def test_what_it_reports_then_is_told_to_nobody_as_a_result(lab, stopping):
    stopping((0.0, heard), (1.0, final(lab, 0.7)), (2.0, ended)).run()
    told = [entry.change for entry in lab.stored_log() if isinstance(entry, Event)]
    (end,) = [change for change in told if getattr(change, "state", None) and change.trial == 1]
    assert (end.state.value, end.value) == ("stopped", None)


def test_one_that_does_not_end_gets_the_signals_after_a_while(lab, stopping):
    stopping((0.0, heard), grace_s=2.0, stop_grace_s=30.0).run()
    assert lab.launcher.calls[-2:] == ["ask", "terminate 1.0"]
    assert lab.trials()[1].ended - lab.trials()[1].started == pytest.approx(2.0 + 30.0)


def test_a_stop_of_the_run_does_not_wait_for_it(lab, stopping):
    experiment = stopping((0.0, heard), grace_s=2.0, time_s=6.0)
    experiment.run()
    assert lab.launcher.calls[-2:] == ["ask", "terminate 1.0"]


@pytest.fixture
def run(project):
    (project.folder / "second.py").write_text(ASSESSOR)

    def run(text, **options):
        path = project.folder / "train.py"
        path.write_text(textwrap.dedent(text))
        values = {"trials": 2, "assessor": f"{project.folder / 'second.py'}:Second", "grace_s": 20.0}
        config = project.config(path, light=False, **{**values, **options})
        project.run(config)
        with project.reader() as reader:
            return reader.trial(config.name, 1), [
                e for e in reader.log(config.name) if isinstance(e, Decided)
            ]

    return run


OWN_END = """
    import time
    import nnic, nnic.runtime.trial as nni
    trial = nni.get_trial_id()
    steps = 0
    for step in range(200 if trial == "1" else 1):
        steps += 1
        if nnic.report(step):
            assert nnic.should_stop()
            break
        time.sleep(0.02)
    open(f"saved-{trial}", "w").write(str(steps))
    nnic.report(42.0, final=True)
"""


def test_a_script_leaves_its_loop_and_finishes(run, project):
    trial, decisions = run(OWN_END)
    assert len(decisions) == 1
    saved = int((project.folder / "saved-1").read_text())
    assert 2 <= saved < 200
    assert (trial.attempts[0].state, trial.attempts[0].exit_code) == (AttemptState.STOPPED, 0)
    assert (trial.metric, trial.intermediate[-1]) == (None, 42.0)
    assert (project.folder / "saved-0").read_text() == "1"


RANKS = """
    import os, sys, time
    import multiprocessing
    import nnic, nnic.runtime.trial as nni
    def train(rank, barrier):
        os.environ.update(RANK=str(rank), WORLD_SIZE="2")
        steps = 0
        for step in range(100 if nni.get_trial_id() == "1" else 1):
            barrier.wait(20)
            steps += 1
            time.sleep(0.02)
            if nnic.report(step):
                break
        open(f"steps-{nni.get_trial_id()}-{rank}", "w").write(str(steps))
        nnic.report(1.0, final=True)
    if __name__ == "__main__":
        fork = multiprocessing.get_context("fork")
        barrier = fork.Barrier(2)
        ranks = [fork.Process(target=train, args=(rank, barrier)) for rank in range(2)]
        for rank in ranks: rank.start()
        for rank in ranks: rank.join()
        sys.exit(max(rank.exitcode for rank in ranks))
"""


def test_ranks_leave_a_training_at_the_same_step(run, project):
    """Else one would wait for the others for ever."""
    trial, _ = run(RANKS)
    first, second = ((project.folder / f"steps-1-{rank}").read_text() for rank in (0, 1))
    assert first == second
    assert 3 <= int(first) < 100
    assert trial.attempts[0].state is AttemptState.STOPPED
