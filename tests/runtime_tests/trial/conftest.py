"""Small programs compiled by hand, run as trials in real processes.

A file of a program is written with short marks, which stand for what the compiler would emit:
``«import»``, ``«final acc»``, ``«intermediate acc»``, ``«key = 0.1»`` (a slot), ``«key ? a | b = c»``
(a choice among ``a`` and ``b`` in place of ``c``). They become the source plus insertions in ``⟦⟧``.
"""

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

import nnic.runtime.trial
from nnic.runtime.launchers.trial_document import FILE, TrialDocument, encode
from nnic.runtime.program import Insertion, Program, ProgramFile
from nnic.tuners.space import SearchSpace

SITE = Path(nnic.runtime.trial.__file__).parent / "site"


def expand(text: str) -> str:
    """Replace the short marks by marked insertions."""
    return re.sub("«(.*?)»", lambda match: expand_mark(match[1]), text)


def expand_mark(mark: str) -> str:
    if mark == "import":
        return "⟦import nnic.runtime.trial as __nnic__; ⟧"
    kind, _, metric = mark.partition(" ")
    if kind in ("final", "intermediate"):
        call = f"report_{kind}_result({metric})"
        return f"'''@nni.{call}'''⟦; __nnic__.{call}⟧"
    key, original = mark.split(" = ", 1)
    key, _, options = key.partition(" ? ")
    if not options:
        return f"⟦(__nnic__.get({key!r}) if __nnic__.has({key!r}) else (⟧{original}⟦))⟧"
    arms = "".join(
        f"{option} if __nnic__.is_({key!r}, {i}) else " for i, option in enumerate(options.split(" | "))
    )
    return f"⟦({arms}(⟧{original}⟦))⟧"


def strip_marks(marked: str) -> str:
    return re.sub("⟦.*?⟧", "", marked)


def keep_marked(marked: str) -> str:
    return re.sub("[⟦⟧]", "", marked)


def list_insertions(marked: str) -> tuple[Insertion, ...]:
    """Read the marks of one text; a slot's two insertions span it, others span their line."""
    found: list[Insertion] = []
    for number, text in enumerate(marked.split("\n"), start=1):
        source = strip_marks(text)
        open_slots: list[int] = []
        taken = 0
        for match in re.finditer("⟦(.*?)⟧", text):
            column = len(strip_marks(text[: match.start()]).encode())
            indent = len(source) - len(source.lstrip())
            span = (number, indent, number, len(source.encode()))
            if match[1].endswith("(") and not match[1].startswith(";"):
                open_slots.append(len(found))
            elif match[1].startswith("))"):
                first = found[open_slots.pop()]
                span = (number, first.column, number, column)
                found[found.index(first)] = Insertion(number, first.column, first.length, span)
            found.append(Insertion(number, column, len(match[1].encode()), span))
            taken = match.end()
        assert taken <= len(text)
    return tuple(found)


@dataclass
class Result:
    returncode: int
    stdout: str
    stderr: str


@dataclass
class Project:
    """A code directory, its program folder, and one attempt of one trial."""

    root: Path
    python: str
    files: dict[str, str] = field(default_factory=dict)
    encodings: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> Path:
        return self.root / "a projéct"

    @property
    def attempt(self) -> Path:
        return self.root / ".nnic/trials/3/0"

    @property
    def program(self) -> Path:
        return self.root / ".nnic/program"

    def add(self, path: str, marked: str, encoding: str = "utf-8") -> None:
        """Put a file into the program, and its source into the code directory."""
        marked = expand(marked)
        self.files[path] = marked
        self.encodings[path] = encoding
        for place, text in (
            (self.code / path, strip_marks(marked)),
            (self.program / "code" / path, keep_marked(marked)),
        ):
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text.encode(encoding))

    def add_source(self, path: str, text: str) -> Path:
        """Put a file into the code directory alone."""
        (self.code / path).parent.mkdir(parents=True, exist_ok=True)
        (self.code / path).write_text(text)
        return self.code / path

    def import_root(self) -> Path:
        """Return a folder to import nnic from."""
        return Path(nnic.__file__).parent.parent

    def write_program(self) -> None:
        files = tuple(
            ProgramFile(
                path=path,
                sha256=hashlib.sha256(strip_marks(marked).encode()).hexdigest(),
                annotated="⟦" in marked,
                insertions=list_insertions(marked),
            )
            for path, marked in self.files.items()
        )
        program = Program(str(self.code), next(iter(self.files), ""), files, SearchSpace(()))
        self.program.mkdir(parents=True, exist_ok=True)
        (self.program / "program.json").write_text(json.dumps(program.to_json()))

    def write_trial(
        self, parameters: dict[str, Any] | None = None, options: dict[str, int] | None = None, **more: Any
    ) -> None:
        self.attempt.mkdir(parents=True, exist_ok=True)
        document = TrialDocument(
            experiment="train-7f3a",
            trial=3,
            attempt=0,
            seed=1,
            program=str(self.program),
            parameters=parameters or {},
            options=options or {},
            output_dir=str(self.attempt / "output"),
        )
        (self.attempt / FILE).write_text(encode(replace(document, **more)))
        (self.attempt / "metrics.jsonl").unlink(missing_ok=True)

    def environment(self, trial: bool, more: dict[str, str]) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "NNI", "COV", "RANK"))}
        kept |= {"PYTHONWARNINGS": "default", "LC_ALL": "C.UTF-8"} | more
        if trial:
            kept["NNIC_TRIAL_DIR"] = str(self.attempt)
            kept["PYTHONPATH"] = os.pathsep.join(filter(None, [str(SITE), more.get("PYTHONPATH", "")]))
        return kept

    def start(
        self, *args: str, trial: bool = True, cwd: Path | None = None, stdin: str = "", **env: str
    ) -> Result:
        done = subprocess.run(
            [self.python, *args],
            cwd=cwd or self.code,
            env=self.environment(trial, env),
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def plain(self, *args: str, **kwargs: Any) -> Result:
        """Run as the user does without nnic."""
        return self.start(*args, trial=False, **kwargs)

    def run(
        self,
        *args: str,
        parameters: dict[str, Any] | None = None,
        options: dict[str, int] | None = None,
        **kwargs: Any,
    ) -> Result:
        """Run as a trial; without parameters, as trial 0."""
        self.write_program()
        self.write_trial(parameters, options)
        return self.start(*args, **kwargs)

    def records(self) -> list[dict[str, Any]]:
        path = self.attempt / "metrics.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def reported(self, kind: str = "final") -> list[Any]:
        return [record["value"] for record in self.records() if record["kind"] == kind]

    def drop_caches(self) -> None:
        for path in self.caches():
            shutil.rmtree(path)

    def caches(self) -> list[Path]:
        return list(self.code.rglob("__pycache__"))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project on this interpreter, or on that of ``NNIC_TEST_PYTHON``, which needs no packages."""
    made = Project(tmp_path, os.environ.get("NNIC_TEST_PYTHON", sys.executable))
    made.code.mkdir()
    return made


class Manager:
    """The listening end of the channel."""

    def __init__(self) -> None:
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind("")
        self.listener.listen(64)
        self.listener.settimeout(20)
        self.address = "@" + self.listener.getsockname()[1:].decode()
        self.messages: list[bytes] = []

    def receive(self) -> list[dict[str, Any]]:
        """Accept one connection and read it to its end."""
        connection, _ = self.listener.accept()
        with connection:
            connection.settimeout(20)
            while message := connection.recv(1 << 20):
                self.messages.append(message)
        return [json.loads(message) for message in self.messages]


@pytest.fixture
def manager():
    made = Manager()
    yield made
    made.listener.close()
