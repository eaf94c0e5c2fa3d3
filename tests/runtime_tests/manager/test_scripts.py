"""Scripts that go wrong, each with the status, the exit code and the message that it gets."""

import errno
import math
import signal
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from nnic.runtime.launchers import output
from nnic.runtime.launchers.output import LeftOut, read_output
from nnic.runtime.loop.outcome import NO_RESULT
from nnic.runtime.processes import identify
from nnic.runtime.store.records import ExperimentState

EXPECTED = "a metric is a number or a dict with a numeric 'default'"
IMPORT = "import nnic.runtime.trial as nni\n"


@pytest.fixture
def run(project):
    def run(text, **options):
        path = project.folder / "train.py"
        path.write_text(IMPORT + textwrap.dedent(text))
        config = project.config(path, light=False, **{"trials": 1, **options})
        result = project.run(config)
        with project.reader() as reader:
            return result, reader.trial(config.name, 0)

    return run


BAD_METRIC = "report_final_result got"


@pytest.mark.parametrize(
    ("text", "kind", "message", "code", "line"),
    [
        pytest.param(
            "raise FileNotFoundError(2, 'no such file', 'data/x')",
            "FileNotFoundError",
            "[Errno 2] no such file: 'data/x'",
            1,
            2,
            id="raises",
        ),
        pytest.param(
            "nni.report_final_result(1)\nnni.report_final_result(2)\n1 / 0",
            "ZeroDivisionError",
            "division by zero",
            1,
            4,
            id="raises-after-the-result-of-a-fold",
        ),
        pytest.param(
            "nni.report_intermediate_result(1)", "no result", NO_RESULT, 0, None, id="never-reports"
        ),
        pytest.param(
            "nni.report_final_result('abc')",
            "bad metric",
            f"{BAD_METRIC} str 'abc'; {EXPECTED}",
            1,
            2,
            id="reports-text",
        ),
        pytest.param(
            "try: nni.report_final_result(None)\nexcept TypeError: pass",
            "bad metric",
            f"{BAD_METRIC} NoneType None; {EXPECTED}",
            0,
            None,
            id="swallows-the-error",
        ),
        pytest.param(
            "nni.report_final_result({'loss': 1.0})",
            "bad metric",
            f"{BAD_METRIC} a dict with the keys 'loss'; {EXPECTED}",
            1,
            2,
            id="no-default",
        ),
        pytest.param(
            "nni.report_intermediate_result(1.0)\nraise SystemExit(3)",
            "exit",
            "exited with 3",
            3,
            None,
            id="exits-with-3",
        ),
        pytest.param(
            "import os\nnni.report_intermediate_result(1.0)\nos._exit(7)",
            "exit",
            "exited with 7",
            7,
            None,
            id="ends-without-python",
        ),
        pytest.param(
            "import ctypes\nctypes.string_at(0)",
            "signal",
            "killed by SIGSEGV (signal 11)",
            None,
            None,
            id="segfaults",
        ),
        pytest.param(
            "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
            "signal",
            "killed by SIGKILL (signal 9)",
            None,
            None,
            id="is-killed",
        ),
    ],
)
def test_scripts_that_fail(run, project, text, kind, message, code, line):
    result, trial = run(text)
    assert (trial.status.value, trial.metric) == ("failed", None)
    assert (trial.error.kind, trial.error.message, trial.error.exit_code) == (kind, message, code)
    assert trial.error.line == line
    assert trial.attempts[0].exit_code == code
    assert result.state is ExperimentState.FAILED
    assert result.reason.startswith("trial #0 (your own values) failed after ")
    said = f"{kind}: {message}" if trial.error.is_exception else message
    assert result.reason.endswith(f" s: {said}")
    if line is not None:
        assert trial.error.path == str(project.folder / "train.py")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("nni.report_final_result(float('nan'))", math.nan, id="nan"),
        pytest.param("nni.report_final_result({'default': float('-inf')})", -math.inf, id="inf"),
        pytest.param(
            "class Tensor:\n    shape = ()\n    def item(self): return 0.25\n"
            "nni.report_final_result(Tensor())",
            0.25,
            id="0-d-tensor",
        ),
        pytest.param("nni.report_final_result(True)", 1.0, id="bool"),
        pytest.param("nni.report_final_result(1)\nnni.report_final_result(2)", 2.0, id="twice"),
        pytest.param("nni.report_final_result(5)\nraise SystemExit", 5.0, id="exits-with-nothing"),
    ],
)
def test_unusual_results_are_results(run, text, value):
    result, trial = run(text)
    assert trial.status.value == "succeeded"
    assert repr(trial.metric) == repr(value)
    assert (result.best is None) == (not math.isfinite(value))


def test_the_traceback_is_kept(run, project):
    _, trial = run("import json\ndef load():\n    return json.loads('{')\nload()")
    path = str(project.folder / "train.py")
    assert (trial.error.kind, trial.error.path, trial.error.line) == ("JSONDecodeError", path, 4)
    assert [(f.path, f.line, f.function) for f in trial.frames[:2]] == [
        (path, 5, "<module>"),
        (path, 4, "load"),
    ]
    assert trial.frames[-1].path.endswith("decoder.py")
    assert "Traceback" in (trial.directory / "output.log").read_text()


def test_further_numbers_and_text_of_a_result(run):
    _, trial = run(
        "nni.report_intermediate_result({'default': 0.1, 'loss': 3, 'note': 'x'})\n"
        "nni.report_final_result({'default': 0.5, 'loss': 2})"
    )
    assert (trial.metric, trial.metrics, trial.reports[0].metrics) == (0.5, {"loss": 2.0}, {"loss": 3.0})


def test_a_script_that_prints_without_end(run):
    _, trial = run(
        "for step in range(3000): print(step, 'x' * 10_000)\n"
        "import time; time.sleep(0.6); print('the end'); nni.report_final_result(1)",
        max_output_bytes=1_000_000,
    )
    assert (trial.status.value, trial.metric) == ("succeeded", 1.0)
    path = trial.directory / "output.log"
    head, left_out, tail = b"", 0, b""
    for piece in read_output(path):
        if isinstance(piece, LeftOut):
            left_out += piece.count
        elif left_out:
            tail += piece
        else:
            head += piece
    assert path.stat().st_blocks * 512 <= 1_100_000
    assert len(head) + left_out + len(tail) == path.stat().st_size > 30_000_000
    assert head.startswith(b"0 xxx")
    assert tail.endswith(b"xxx\nthe end\n")
    numbers = [int(line.split()[0]) for line in tail.splitlines()[1:-1]]
    assert numbers == list(range(numbers[0], 3000))


def test_a_script_that_prints_without_end_where_nothing_can_be_given_back(run, monkeypatch):
    def refuse(*arguments):
        raise OSError(errno.EOPNOTSUPP, "not supported")

    monkeypatch.setattr(output, "_punch_hole", refuse)
    _, trial = run("while True: print('x' * 10_000)", max_output_bytes=1_000_000)
    assert trial.error.kind == "output"
    assert trial.error.message == "printed more than 1000000 bytes and was ended"
    assert trial.attempts[0].signal == signal.SIGKILL


def test_a_script_that_runs_too_long(run):
    text = "import time\nnni.report_intermediate_result(1)\ntime.sleep(600)"
    result, trial = run(text, trial_time_s=4.0)
    assert (trial.status.value, trial.error.kind) == ("failed", "time limit")
    assert trial.error.message == "ran longer than its limit of 4 s"
    assert (trial.attempts[0].signal, trial.intermediate) == (signal.SIGTERM, (1.0,))
    assert result.reason.endswith(" s: ran longer than its limit of 4 s")


def test_a_script_that_ignores_sigterm(run):
    text = """
        import signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        nni.report_intermediate_result(1)
        time.sleep(600)
    """
    result, trial = run(text, time_s=5.0, grace_s=0.3)
    assert (trial.status.value, trial.attempts[0].signal) == ("cancelled", signal.SIGKILL)
    assert result.reason == "the time limit of 5 s is reached"


def test_a_script_reads_nothing_from_the_terminal(run):
    _, trial = run("import sys\nassert sys.stdin.read() == ''\nnni.report_final_result(1)")
    assert trial.status.value == "succeeded"


def test_a_daemon_that_hides_from_its_trial_is_swept(run, project):
    """Its parents are gone, its session is its own, and its environment empty."""
    text = """
        import os, sys, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                with open("daemon", "w") as stream:
                    stream.write(str(os.getpid()))
                os.execve("/bin/sleep", ["sleep", "600"], {})
            os._exit(0)
        os.wait()
        while not os.path.exists("daemon") or not os.path.getsize("daemon"):
            time.sleep(0.01)
        nni.report_final_result(1)
    """
    _, trial = run(text)
    assert trial.status.value == "succeeded"
    assert identify(int((project.folder / "daemon").read_text())) is None


def test_where_and_as_what_a_script_runs(run, project):
    _, trial = run(
        """
        import os, sys
        assert os.getcwd() == os.path.dirname(os.path.abspath(__file__)), os.getcwd()
        assert os.getsid(0) == os.getpid()
        assert os.environ["NNI_OUTPUT_DIR"] == os.environ["NNIC_OUTPUT_DIR"] == os.path.join(
            os.environ["NNIC_TRIAL_DIR"], "output")
        assert os.environ["MINE"] == "é"
        assert "NNIC_SUPERVISOR" not in os.environ
        open(os.path.join(os.environ["NNIC_OUTPUT_DIR"], "model"), "w").close()
        print("to stdout"); print("to stderr", file=sys.stderr)
        nni.report_final_result(1)
        """,
        environment={"MINE": "é"},
    )
    assert trial.status.value == "succeeded", (trial.directory / "output.log").read_text()
    assert (trial.directory / "output" / "model").exists()
    assert set((trial.directory / "output.log").read_text().split("\n")) == {"to stdout", "to stderr", ""}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"argv": ("/nonexistent/python", "x.py")}, "No such file or directory: '/nonexistent/python'"),
        ({"cwd": "/nonexistent"}, "No such file or directory: '/nonexistent'"),
    ],
)
def test_a_command_that_cannot_be_started(project, options, message):
    options = {key: Path(value) if key == "cwd" else value for key, value in options.items()}
    config = replace(project.config("leave_children.py", trials=1), **options)
    project.run(config)
    with project.reader() as reader:
        error = reader.trial(None, 0).error
    assert (error.kind, error.message) == ("launch", message)


def test_parameters_that_are_never_read_are_known(run, project):
    run("nni.report_final_result(1)")
    with project.reader() as reader:
        assert reader.experiment().never_read == ("train/lr/uniform",)
    run("nni.has('train/lr/uniform')\nnni.report_final_result(1)")
    with project.reader() as reader:
        assert reader.experiment().never_read == ()


def test_messages_that_are_no_part_of_the_protocol(run):
    text = """
        import os, socket
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        connection.connect(os.environ["NNIC_SOCKET"].replace("@", "\\0", 1))
        forged = b'{"trial": 0, "attempt": 0, "kind": "final", "value": 9}'
        for data in (b"{", b'{"trial": 99, "attempt": 0}', forged):
            connection.send(data)
        with open(os.path.join(os.environ["NNIC_TRIAL_DIR"], "metrics.jsonl"), "ab") as stream:
            stream.write(b"nonsense\\n" * 1000)
        nni.report_final_result(1)
    """
    result, trial = run(text)
    assert (trial.metric, result.malformed) == (1.0, 1002)


def test_the_interpreter_is_the_one_that_was_named(run):
    _, trial = run(f"import sys\nassert sys.executable == {sys.executable!r}\nnni.report_final_result(1)")
    assert trial.status.value == "succeeded"
