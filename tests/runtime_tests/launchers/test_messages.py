"""Messages: each kind is read as it was written, on both sides of each border, and others are errors."""

import inspect
import json
import math
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nnic.runtime.launchers import message_codec
from nnic.runtime.launchers import messages as ours
from nnic.runtime.launchers.base import Exited, Key, Launch, LauncherError, Notice, Recorded
from nnic.runtime.launchers.client import SupervisorClient
from nnic.runtime.launchers.metrics import (
    Crash,
    ForkPoint,
    Invalid,
    LeftFile,
    Reads,
    Reread,
    Result,
    ScriptEnded,
    Seen,
    Stopping,
    UnknownMessageError,
    parse_metric,
)
from nnic.runtime.launchers.metrics_file import MetricsFile
from nnic.runtime.launchers.spawn import SpawnLauncher
from nnic.runtime.launchers.trial_document import TrialDocument
from nnic.runtime.trial import json_text
from nnic.runtime.trial import messages as trials
from nnic.runtime.trial.forking import messages as templates

# Of a trial to the manager

FRAMES = [["train.py", 3, "<module>"], ["é.py", 4, "f"]]
OF_A_TRIAL = [
    (
        trials.result("intermediate", 1, {"loss": 2.5}, {}),
        Result(7, False, 1.0, {"loss": 2.5}, time=5.0),
    ),
    (
        trials.result("final", math.inf, {}, {"tag": ["é", None]}),
        Result(7, True, math.inf, {}, {"tag": ["é", None]}, 5.0),
    ),
    (trials.invalid("final", "no metric"), Invalid(7, "no metric")),
    (
        trials.failed("OSError", "é", FRAMES, "é.py", 4),
        Crash(7, "OSError", "é", (("train.py", 3, "<module>"), ("é.py", 4, "f")), "é.py", 4),
    ),
    (
        trials.reads(["a", "b"], {"a": 0.5, "b": None}, ["other.py"], [["torch", "a.py", 3, 9]], True),
        Reads(
            7, ("a", "b"), {"a": 0.5, "b": None}, ("other.py",), (Reread("torch", "a.py", 3, 9),), ended=True
        ),
    ),
    (trials.fork_point(2.5, "train.py:31"), ForkPoint(7, 2.5, "train.py:31")),
    (trials.stopping(), Stopping(7)),
    (trials.seen({"train/lr/uniform": 0.5}), Seen(7, {"train/lr/uniform": 0.5})),
    (trials.stopping(by_itself=True), Stopping(7, by_itself=True)),
    (
        trials.left_file("/p/last.pt", "train.py:7", True, False),
        LeftFile(7, "/p/last.pt", "train.py:7", True, False),
    ),
    (trials.script_ended(["the thread writer"]), ScriptEnded(7, ("the thread writer",))),
]


def as_line(record, **more):
    """As ``trial/channel.py`` writes it."""
    identity = {"version": trials.VERSION, "trial": 1, "attempt": 0, "sequence": 7}
    return json_text.dump({**identity, **record, "time": 5.0, **more}).encode()


@pytest.mark.parametrize(("record", "expected"), OF_A_TRIAL)
def test_what_a_trial_tells_is_read_as_it_was_written(record, expected):
    assert parse_metric(as_line(record), 1, 0, 7) == expected


def test_no_kind_of_a_trial_is_left_out_here():
    kinds = {value for name, value in vars(trials).items() if name.isupper() and type(value) is str}
    assert {record["kind"] for record, _ in OF_A_TRIAL} == kinds - {trials.FILE, trials.READ_FILE}


def test_lines_of_earlier_releases_are_read():
    data = {"trial": 1, "attempt": 0, "sequence": 7, "kind": "parted", "seconds": 2.5, "at": "t.py:3"}
    assert parse_metric(json.dumps(data).encode(), 1, 0, 7) == ForkPoint(7, 2.5, "t.py:3")


UNKNOWN = {
    "of the unknown kind 'verdict'": {"kind": "verdict"},
    "of version 2, not 1": {"version": 2},
    "of version None, not 1": {"version": None},
}


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_is_unknown_is_an_error_that_says_so(text):
    with pytest.raises(UnknownMessageError, match=text):
        parse_metric(as_line(trials.stopping(), **UNKNOWN[text]), 1, 0, 7)


@pytest.mark.parametrize("changes", [{"trial": 2}, {"attempt": 1}, {"kind": 3}, {"kind": None}])
def test_what_is_foreign_is_only_malformed(changes):
    with pytest.raises(ValueError, match=r"belongs to another attempt|has no kind") as raised:
        parse_metric(as_line(trials.stopping(), **changes), 1, 0, 7)
    assert raised.type is ValueError


def test_unknown_messages_are_counted_and_the_first_is_told(tmp_path):
    lines = [as_line({"kind": kind}) for kind in ("final", "later", "verdict")]
    lines[0] = as_line(trials.result("final", 1, {}, {}))
    (tmp_path / trials.FILE).write_bytes(b"\n".join([*lines, b"foreign", b""]))
    file = MetricsFile(tmp_path / trials.FILE, 1, 0)
    assert len(file.read(ended=True)) == 1
    assert (file.malformed, file.unknown) == (3, "of the unknown kind 'later'")
    file.close()


def test_answers():
    assert [trials.sequence_of(trials.taken_in(sequence)) for sequence in (0, 2**40)] == [0, 2**40]
    assert [trials.sequence_of(answer) for answer in (trials.STOP, b"", b"-1")] == [None] * 3


# Between manager, supervisor and fork server

KEY = (3, 1)
EXAMPLES = [
    ours.Start(KEY, ("python", "é.py"), "/c", {"A": "\udcff"}, "/l", None),
    ours.Start(Key(3, 1), ("python",), "/c", {}, "/l", template=2),
    ours.Signal(KEY, 15),
    ours.OpenTemplate(1, ("python", "t.py"), "/c", {"A": "b"}, "/l", ("X", "Y"), 60.0, True),
    ours.Close(),
    ours.Started(KEY, 7),
    ours.Refused(KEY, "no such file"),
    ours.Serving(7),
    ours.Exited(KEY, code=0),
    ours.Exited(KEY, signal=9),
    ours.Lost(KEY),
    ours.TemplateStarted(1, 7),
    ours.TemplateReady(1, "train.py", 31, ("random",)),
    ours.TemplateGone(1, "was killed", True),
    ours.Fault("unknown"),
    ours.ForkRequest("/l", {"A": "b"}),
    ours.Doing("import of torch"),
    ours.Ready("", 0, ()),
    ours.Unfit("started a thread"),
    ours.Forked(7),
    ours.ForkRefused("no memory"),
    ours.NotExecuted(2, "/nowhere"),
]


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: message.kind)
def test_each_kind_is_read_as_it_was_written(message):
    line = message_codec.encode(message)
    assert line.endswith(b"\n")
    found = message_codec.decode(line[:-1], (type(message),))
    assert found == message
    assert vars(found) == vars(message)


def test_no_kind_is_left_out_here():
    classes = message_codec.Message.__subclasses__()
    assert {type(message) for message in EXAMPLES} == set(classes)
    assert len({made.kind for made in classes}) == len(classes)


def test_a_message_is_frozen_and_has_its_fields_alone():
    message = ours.Signal(KEY, 15)
    with pytest.raises(AttributeError):
        message.number = 9
    assert repr(message) == "Signal(key=(3, 1), number=15)"
    assert message != ours.Signal(KEY, 9)
    with pytest.raises(TypeError):
        ours.Signal(KEY)
    with pytest.raises(TypeError):
        ours.Signal(KEY, 15, 1)
    with pytest.raises(TypeError):
        ours.Signal(KEY, 15, name=1)
    with pytest.raises(TypeError):
        ours.Signal(KEY, 15, number=2)


BAD_LINES = {
    b"{": "is not a message",
    b"[]": "not of version 1",
    b'{"kind": "close"}': "not of version 1",
    b'{"version": 2, "kind": "close"}': "not of version 1",
    b'{"version": 1, "kind": "dance"}': "unknown kind 'dance'",
    b'{"version": 1, "kind": "started", "key": [1, 0], "pid": 3}': "unknown kind 'started'",
    b'{"version": 1, "kind": "close", "now": true}': r"kind 'close' has the fields \['now'\]",
    b'{"version": 1, "kind": "signal", "key": [1, 0]}': r"kind 'signal' has the fields \['key'\]",
}


@pytest.mark.parametrize("line", BAD_LINES)
def test_other_lines_are_errors(line):
    with pytest.raises(message_codec.MessageError, match=BAD_LINES[line]):
        message_codec.decode(line, ours.COMMANDS)


def test_what_came_before_an_error_counts():
    stream = message_codec.encode(ours.Close()) + b"{}\n"
    reader = message_codec.Reader(ours.COMMANDS)
    assert list(reader.feed(stream[:5])) == []
    found = reader.feed(stream[5:])
    assert next(found) == ours.Close()
    with pytest.raises(message_codec.MessageError):
        next(found)


def wait_for_events(client):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = client.receive()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("the supervisor says nothing")


def iter_events(client):
    while True:
        yield from wait_for_events(client)


def test_a_supervisor_that_is_told_something_unknown_says_so_and_ends(tmp_path):
    client = SupervisorClient(tmp_path)
    client._socket.sendall(b'{"version": 1, "kind": "dance"}\n')
    fault = next(event for event in iter_events(client) if not isinstance(event, ours.Serving))
    assert isinstance(fault, ours.Fault)
    assert "the unknown kind 'dance'" in fault.problem
    client.close()
    assert fault.problem in (tmp_path / "supervisor.log").read_text()


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (message_codec.encode(ours.Fault("told nonsense")), "told nonsense"),
        (b'{"version": 1, "kind": "dance"}\n', "the unknown kind 'dance'"),
    ],
)
def test_a_manager_that_is_told_something_unknown_starts_no_more_trials(tmp_path, event, text):
    launcher = SpawnLauncher(tmp_path)
    try:
        client = launcher._supervise()
        ends = socket.socketpair()
        client._socket.close()
        launcher._selector.unregister(client)
        client._socket = ends[0]
        launcher._selector.register(client, 1)
        ends[1].sendall(event)
        assert launcher.wait(10) == []
        with pytest.raises(LauncherError, match=text):
            launcher.wait(0)
        ends[1].close()
    finally:
        launcher.close()


def test_the_supervisor_loads_nothing_but_the_standard_library_and_the_files_beside_it():
    path = Path(inspect.getfile(ours)).with_name("supervisor.py")
    code = f"""
import sys
before, path = set(sys.modules), {str(path)!r}
exec(compile(open(path).read(), path, "exec"), {{"__name__": "supervisor", "__file__": path}})
print(*sorted(set(sys.modules) - before))
"""
    command = [sys.executable, "-I", "-S", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {"messages", "message_codec", "child_processes"} <= loaded
    assert not loaded & {"nnic", "dataclasses", "typing", "inspect", "site", "subprocess", "pathlib"}


# Between the fork server and a template

OF_A_TEMPLATE = [
    (templates.doing("import of torch"), ours.Doing("import of torch")),
    (templates.ready(), ours.Ready("", 0, ())),
    (templates.ready("train.py", 31, ("random",)), ours.Ready("train.py", 31, ("random",))),
    (templates.unfit("started a thread"), ours.Unfit("started a thread")),
    (templates.forked(7), ours.Forked(7)),
    (templates.refused("no memory"), ours.ForkRefused("no memory")),
]


@pytest.mark.parametrize(("record", "expected"), OF_A_TEMPLATE)
def test_what_a_template_tells_is_read_as_it_was_written(tmp_path, record, expected):
    with open(tmp_path / "line", "wb") as stream:
        templates.write(stream.fileno(), record)
    assert list(message_codec.Reader(ours.OF_A_TEMPLATE).feed((tmp_path / "line").read_bytes())) == [expected]


def test_no_kind_of_a_template_is_left_out_here():
    assert {type(expected) for _, expected in OF_A_TEMPLATE} == set(ours.OF_A_TEMPLATE)
    assert templates.VERSION == message_codec.VERSION


def test_what_a_template_is_asked_is_read_as_it_was_written():
    message = ours.ForkRequest("/l", {"A": "b"})
    found = templates.ForkRequest(templates.read(message_codec.encode(message)[:-1]))
    assert vars(found) == vars(message)
    close = message_codec.encode(ours.Close())[:-1]
    for line in (close, b'{"version": 1, "kind": "fork_request", "env": {}}'):
        with pytest.raises(ValueError, match=r"unknown kind 'close'|has no 'log'"):
            templates.ForkRequest(templates.read(line))


def run_script(folder, code):
    """What a launcher tells of one attempt of a script."""
    document = TrialDocument("lab", 0, 0, 1, None, {}, {})
    launcher = SpawnLauncher(folder)
    found = []
    try:
        argv = (sys.executable, "-I", "-S", "-c", code)
        launcher.start(Launch(Key(0, 0), argv, folder, folder / "trials" / "0" / "0", document))
        deadline = time.monotonic() + 60
        while not any(isinstance(happening, Exited) for happening in found):
            assert time.monotonic() < deadline
            found.extend(launcher.wait(1))
        return found, launcher.malformed
    finally:
        launcher.close()


def test_a_person_reads_once_of_messages_that_are_unknown(tmp_path):
    code = """
import os
line = '{"version": 1, "trial": 0, "attempt": 0, "sequence": 0, "kind": "%s", "value": 1}'
with open(os.path.join(os.environ["NNIC_TRIAL_DIR"], "metrics.jsonl"), "w") as stream:
    print(*(line % kind for kind in ("dance", "final", "sing")), sep="\\n", file=stream)
"""
    found, malformed = run_script(tmp_path, code)
    assert malformed == 2
    texts = [happening.text for happening in found if isinstance(happening, Notice)]
    assert texts == ["trial 0 sent a message of the unknown kind 'dance', which was ignored"]
    assert [happening.metric.value for happening in found if isinstance(happening, Recorded)] == [1.0]


def test_a_script_that_is_not_there_is_told_with_its_path(tmp_path):
    document = TrialDocument("lab", 0, 0, 1, None, {}, {})
    launcher = SpawnLauncher(tmp_path)
    try:
        launch = Launch(Key(0, 0), ("/nöwhere/python", "é"), tmp_path, tmp_path / "a", document)
        launcher.start(launch)
        found = []
        while not found:
            found.extend(launcher.wait(10))
        (ended,) = found
        assert ended.exit.problem == "No such file or directory: '/nöwhere/python'"
    finally:
        launcher.close()
