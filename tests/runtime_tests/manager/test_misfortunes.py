"""What befalls a run beside kills: confused trials, clocks that jump, trials that end in every way."""

import os
import shutil
import textwrap

import pytest

from nnic.runtime.launchers.metrics_file import MetricsFile
from nnic.runtime.store.connection import StoreError, database_path
from nnic.runtime.store.records import ExperimentState
from nnic.tuners.protocol import Decision

LINES = 100_000
CONFUSED = f"""
    import os, random, socket
    import nnic.runtime.trial as nni
    rng = random.Random(0)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    connection.connect(os.environ["NNIC_SOCKET"].replace("@", "\\0", 1))
    whole = b'{{"trial": 0, "attempt": 0, "sequence": 5, "kind": "intermediate", "value": 7}}'
    with open(os.path.join(os.environ["NNIC_TRIAL_DIR"], "metrics.jsonl"), "ab", 0) as stream:
        for count in range(10):
            nni.report_intermediate_result(count)
            odd = []
            for _ in range({LINES} // 20):
                kind = rng.randrange(4)
                if kind == 0:
                    odd.append(whole[: rng.randrange(1, len(whole) - 1)])
                elif kind == 1:
                    odd.append(bytes(rng.choices(range(11, 256), k=20)))
                elif kind == 2:
                    odd.append(whole.replace(b'"trial": 0', b'"trial": %d' % rng.randrange(1, 99)))
                else:
                    odd.append(whole.replace(b"7", rng.choice([b'"x"', b"[]", b"null", b"NaN"])))
            stream.write(b"\\n".join(odd) + b"\\n")
            for line in odd:
                connection.send(line[: len(line) // 2 + 1])
    nni.report_final_result(1)
"""


def test_a_hundred_thousand_malformed_lines_cost_no_report(project, tally):
    path = project.folder / "confused.py"
    path.write_text(textwrap.dedent(CONFUSED))
    result = project.run(project.config(path, light=False, trials=1))
    with project.reader() as reader:
        trial = reader.trial(None, 0)
    lost = len({float(count) for count in range(10)} - set(trial.intermediate))
    assert result.malformed == LINES
    tally(
        "malformed lines and messages", "between ten reports", result.malformed, lost, len(trial.reports) - 10
    )
    assert (trial.intermediate, trial.metric) == (tuple(map(float, range(10))), 1.0)


def test_a_clock_that_jumps_changes_nothing_but_times(lab, tally):
    """Limits, grace periods and order go by the monotonic clock; only what is shown goes by the other."""
    plain = type(lab)(lab.folder.with_name("plain"))
    before = plain.run(trials=6, jobs=2, time_s=100.0)
    jumps = [3600.0, -86400.0, 0.0, 1e9, -1e3, 5.0] * 100
    lab.clock.now = lambda: max(0.0, lab.clock.time + jumps.pop())
    result = lab.run(trials=6, jobs=2, time_s=100.0)
    differing = sum(a != b for a, b in zip(lab.stored_log(), plain.stored_log(), strict=True))
    tally("clock jumps", "in a run of 6 trials", 600 - len(jumps), lost=differing)
    assert (result.state, result.best.metric) == (before.state, before.best.metric)
    assert lab.states() == plain.states()
    plain.store.close()


def test_a_clock_that_goes_back_while_a_trial_is_being_ended(lab):
    lab.tuner.decide = lambda event: Decision.STOP
    lab.behaviour = lambda launch: lab.succeed(launch, *[0.5] * 50)
    jumps = [0.0, -900.0, 1e6] * 1000
    lab.clock.now = lambda: lab.clock.time + jumps.pop()
    experiment = lab.prepare(trials=2, grace_s=2.0)
    lab.launcher.stubborn.add(1)
    assert experiment.run().state is ExperimentState.DONE
    assert lab.states() == ["succeeded", "stopped"]
    assert "kill 1.0" in lab.launcher.calls


ENDS = {
    "segfaults": ("os.kill(os.getpid(), 11)", "killed by SIGSEGV (signal 11)"),
    "aborts": ("os.abort()", "killed by SIGABRT (signal 6)"),
    "exits with 3": ("os._exit(3)", "exited with 3"),
    "is killed by itself": ("os.kill(os.getpid(), 9)", "killed by SIGKILL (signal 9)"),
    "ends without a result": ("pass", "ended without a final result"),
}


@pytest.mark.parametrize("how", ENDS)
def test_trials_that_end_badly_free_their_slot(project, tally, how):
    text, message = ENDS[how]
    path = project.folder / "bad.py"
    path.write_text(
        "import os\nimport nnic.runtime.trial as nni\nnni.report_intermediate_result(0.5)\n"
        f"if nni.get_sequence_id() in (1, 2):\n    {text}\nelse:\n    nni.report_final_result(1)\n"
    )
    assert project.run(project.config(path, light=False, trials=4)).state is ExperimentState.DONE
    with project.reader() as reader:
        trials = reader.trials()
    lost = sum(trial.intermediate != (0.5,) for trial in trials)
    tally("trial in a run of 4", how, 2, lost)
    assert [trial.status.value for trial in trials] == ["succeeded", "failed", "failed", "succeeded"]
    assert all(message in trial.error.message for trial in trials[1:3])


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_a_script_puts_in_place_of_its_metrics(tmp_path, make):
    """A pipe would be waited for, for ever."""
    path = tmp_path / "metrics.jsonl"
    make(path)
    file = MetricsFile(path, 0, 0)
    assert file.read() == file.read(ended=True) == []
    os.rename(path, tmp_path / "aside")
    path.write_text('{"trial": 0, "attempt": 0, "kind": "final", "value": 1}\n')
    assert [metric.value for metric in file.read()] == [1.0]
    file.close()


@pytest.mark.parametrize("replace", [False, True])
def test_a_store_that_is_deleted_or_replaced_ends_the_run(lab, replace):
    """SQLite would go on writing to the file that has no name any more."""
    path = database_path(lab.folder)
    experiment = lab.prepare(trials=50)

    def lose():
        if lab.states()[3:] == ["running"]:
            shutil.copy(path, path.with_name("copy"))
            path.unlink()
            if replace:
                path.with_name("copy").rename(path)
            lab.launcher.on_wait.clear()

    lab.launcher.on_wait.append(lose)
    with pytest.raises(StoreError, match="was deleted or replaced while this run"):
        experiment.run()
    assert lab.launcher.calls[-1] == "start 3.0"
    assert lab.launcher.closed
