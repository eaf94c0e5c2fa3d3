"""Several processes check as one does, from wherever they are started."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import nnic.check.check_texts
import nnic.check.workers
from nnic.api import check_paths
from nnic.check.check_texts import Text, check_text, check_texts
from nnic.check.workers import check_in_workers, workers_for
from nnic.findings.diagnostics import Diagnostic, InternalError

FINDINGS = Path(__file__).parent / "findings"
ROOT = Path(__file__).parents[2]


def texts() -> list[Text]:
    return [Text(file.read_bytes(), file.name, file.stem) for file in sorted(FINDINGS.glob("*.py"))]


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use workers however little there is to do."""
    monkeypatch.setattr(nnic.check.check_texts, "_BYTES_FOR_ONE_PROCESS", 0)
    monkeypatch.setattr(nnic.check.workers, "BYTES_FOR_A_WORKER", 1)
    monkeypatch.setattr(nnic.check.workers, "_processors", lambda: 3)


def alone() -> list[tuple[Diagnostic, ...]]:
    return [check_text(text) for text in texts()]


@pytest.mark.parametrize("count", [2, 3])
def test_workers_find_the_same(count: int) -> None:
    found = check_in_workers(texts(), count)
    assert [found[index] for index in range(len(texts()))] == alone()


@pytest.mark.usefixtures("always")
def test_a_folder_gives_the_same_in_the_same_order(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    plain = nnic.check.workers._start
    monkeypatch.setattr(nnic.check.workers, "_start", lambda share: started.append(share) or plain(share))
    several = check_paths([FINDINGS], FINDINGS)
    assert len(started) == 2
    monkeypatch.undo()
    assert several == check_paths([FINDINGS], FINDINGS)
    assert len(several) > 50


def test_little_is_checked_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nnic.check.workers, "_start", lambda share: pytest.fail("a worker was started"))
    assert check_texts(texts()) == alone()
    assert workers_for(10**9, 1) == 1
    monkeypatch.setattr(nnic.check.workers, "_processors", lambda: 64)
    assert workers_for(10**9, 10**6) == 8
    assert workers_for(nnic.check.workers.BYTES_FOR_A_WORKER * 2 - 1, 10) == 1
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert workers_for(10**9, 10**6) == 1
    monkeypatch.undo()
    monkeypatch.setattr(nnic.check.workers, "_processors", lambda: 64)
    for name in ("", "/opt/app/uwsgi", None):
        monkeypatch.setattr(sys, "executable", name)
        assert workers_for(10**9, 10**6) == 1


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("executable", ["/missing/python3", "/bin/true", "/bin/false", "/bin/cat"])
def test_a_worker_that_does_not_work_is_done_without(
    executable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", executable)
    monkeypatch.setattr(nnic.check.workers, "_is_python", lambda: True)
    assert check_texts(texts()) == alone()


@pytest.mark.usefixtures("always")
def test_a_worker_that_is_killed_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = nnic.check.workers._start

    def start(share: list[Text]) -> object:
        worker = plain(share)
        assert worker is not None
        worker.kill()
        return worker

    monkeypatch.setattr(nnic.check.workers, "_start", start)
    assert check_texts(texts()) == alone()


@pytest.mark.usefixtures("always")
def test_a_bug_of_ours_is_that_of_the_first_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def check(text: Text) -> tuple[Diagnostic, ...]:
        raise InternalError(text.shown, 1, "broken")

    monkeypatch.setattr(nnic.check.check_texts, "check_text", check)
    monkeypatch.setattr(nnic.check.workers, "check_text", check)
    monkeypatch.setattr(nnic.check.workers, "_start", lambda share: None)
    with pytest.raises(InternalError, match=f"^{texts()[0].shown}:1:"):
        check_texts(texts())


def _check_in_daemon(answer: object) -> None:
    found = check_in_workers(texts(), 2)
    answer.send([found.get(index) for index in range(len(texts()))])  # type: ignore[attr-defined]


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # fork, beside threads of the tests'
def test_from_a_daemonic_process() -> None:
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_check_in_daemon, args=(theirs,), daemon=True)
    process.start()
    assert ours.recv() == alone()
    process.join()


def test_nothing_of_the_callers_is_imported(tmp_path: Path) -> None:
    """Neither its main script nor what lies in its folder, though both have names of ours."""
    for name in ("ast", "nnic", "re", "tokenize", "sitecustomize", "pickle"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported')\n")
    (tmp_path / "main.py").write_text(
        "import sys\nfolder = sys.path.pop(0)\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "import nnic.check.workers\nfrom pathlib import Path\nfrom nnic.check.check_texts import Text\n"
        "sys.path.insert(0, folder)\nprint('main')\n"
        f"files = sorted(Path({str(FINDINGS)!r}).glob('*.py'))\n"
        "texts = [Text(f.read_bytes(), f.name, f.stem) for f in files]\n"
        "found = nnic.check.workers.check_in_workers(texts, 3)\n"
        "print(len(found) == len(files))\n"
    )
    result = subprocess.run(
        [sys.executable, "main.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={k: v for k, v in os.environ.items() if not k.startswith("PYTHON")},
        check=False,
    )
    assert result.stdout.split() == ["main", "True"], result.stderr


def test_an_interrupt_ends_the_workers(tmp_path: Path) -> None:
    script = tmp_path / "main.py"
    script.write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "import nnic.check.workers\nfrom nnic.check.check_texts import Text\n"
        "text = b'# nni\\n' + b'x = [1, 2, 3]\\n' * 400_000\n"
        "plain = nnic.check.workers._start\n"
        "def start(share):\n    worker = plain(share)\n    print(worker.pid, flush=True)\n    return worker\n"
        "nnic.check.workers._start = start\n"
        "nnic.check.workers.check_in_workers([Text(text, 'a.py', 'a')] * 3, 3)\n"
    )
    process = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    pids = [int(process.stdout.readline()) for _ in range(2)]
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT
    assert errors.count("Traceback") == 1
    assert "KeyboardInterrupt" in errors
    deadline = time.monotonic() + 30
    while any(_is_alive(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
