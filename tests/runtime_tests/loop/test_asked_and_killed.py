"""What is asked of a run is heeded once, whatever is killed, and by however many it is asked."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from nnic.runtime.launchers.base import Exit, Exited
from nnic.runtime.manager.asking import ask_experiment
from nnic.runtime.manager.resume import resume_experiment
from nnic.runtime.store.event_log import EventLog
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.records import ExperimentState, Origin
from nnic.runtime.store.request_kinds import ChangeLimits, EarlierResult, EnqueueTrial, ImportResults
from nnic.runtime.store.requests import post_request, read_request

LR = "train/lr/uniform"
REQUESTS = [
    EnqueueTrial({LR: 0.25}),
    ImportResults((EarlierResult({LR: 0.75}, 0.5),)),
    ChangeLimits(trials=5, trial_time_s=300.0),
    EnqueueTrial({LR: 7.0}),
]


@pytest.mark.parametrize("point", ["before-commit", "after-commit", "before-launch", "after-launch"])
def test_a_manager_is_killed_while_it_heeds_requests(project, point):
    config = project.config("leave_children.py", trials=3, retries=99)
    action = ("run", config.name, json.dumps(config.to_json()))
    ids, logs = [], []
    for count in range(1, 7):
        manager = project.manage(*action, NNIC_FAULT=f"{point}:{count}")
        manager.communicate(timeout=60)
        action = ("resume",)
        if not ids:
            ids = [post_request(project.home, config.name, request) for request in REQUESTS]
        with project.reader() as reader:
            logs.append(reader.log())
        if manager.returncode == 0:
            break
    assert resume_experiment(project.home).state is ExperimentState.DONE
    answers = [read_request(project.home, number) for number in ids]
    assert [(answer.refused, answer.answered is not None) for answer in answers] == [
        (False, True),
        (False, True),
        (False, True),
        (True, True),
    ]
    with project.reader() as reader:
        trials, record, whole = reader.trials(), reader.experiment(), reader.log()
    assert [t.parameters[LR] for t in trials if t.origin is Origin.ENQUEUED] == [0.25]
    assert [(t.parameters[LR], t.metric) for t in trials if t.origin is Origin.IMPORTED] == [(0.75, 0.5)]
    assert [t.id for t in trials] == list(range(6))
    assert (record.config.trials, record.config.trial_time_s) == (5, 300.0)
    assert {t.status.value for t in trials} == {"succeeded"}
    assert all(whole[: len(log)] == log for log in logs)
    event_log = EventLog()
    for entry in whole:
        event_log.apply(entry)
    assert event_log.next_id == len(trials)


def test_several_ask_at_once(project):
    config = project.config("slow.py", trials=2)
    manager = project.manage("run", config.name, json.dumps(config.to_json()))
    project.read_until(manager, "started 0")

    def ask(number):
        request = EnqueueTrial({LR: number / 16})
        return ask_experiment(project.home, config.name, request, patience_s=60)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(8)))
    manager.communicate(timeout=60)
    assert not any(answer.refused or answer.pending for answer in answers)
    with project.reader() as reader:
        trials = {t.id: t for t in reader.trials() if t.origin is Origin.ENQUEUED}
    told = {int(answer.text.split()[1]): number / 16 for number, answer in enumerate(answers)}
    assert {number: trial.parameters[LR] for number, trial in trials.items()} == told
    assert {trial.status.value for trial in trials.values()} == {"succeeded"}


def test_a_new_limit_on_the_time_of_trials_holds_for_those_that_run(lab):
    lab.behaviour = lambda launch: (
        lab.succeed(launch) if launch.key.trial != 1 else [500.0, Exited(launch.key, Exit(code=1))]
    )
    experiment = lab.prepare(trials=3, trial_time_s=60.0)
    asked = []

    def ask():
        if not asked and lab.clock.time > 1010.0:
            with StoreReader(lab.folder) as reader:
                name = reader.experiment().name
            asked.append(post_request(lab.folder, name, ChangeLimits(trial_time_s=20.0)))

    lab.launcher.on_wait.append(ask)
    experiment.run()
    trial = lab.trials()[1]
    assert read_request(lab.folder, asked[0]).answer == "20 s a trial"
    assert trial.error.message == "ran longer than its limit of 20 s"
    assert trial.ended - trial.started == pytest.approx(20.0)
