"""A machine with GPUs that is a file: the real binding over a library that the tests build."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from pathlib import Path

import pytest

GIB = 1 << 30


class FakeMachine:
    """Rewrites the file that ``fake_nvml.c`` reads."""

    def __init__(self, path: Path, library: Path) -> None:
        self.path = path
        self.library = library
        self.lines: list[str] = []
        self.write()

    @property
    def environment(self) -> dict[str, str]:
        """For a process that is to see this machine."""
        kept = {k: v for k, v in os.environ.items() if k != "CUDA_VISIBLE_DEVICES"}
        return {**kept, "FAKE_NVML": str(self.path), "LD_LIBRARY_PATH": str(self.library.parent)}

    def add(self, *lines: str) -> None:
        """Append lines."""
        self.lines += lines
        self.write()

    def remove(self, start: str) -> None:
        """Take out the lines that begin so."""
        self.lines = [line for line in self.lines if not line.startswith(start)]
        self.write()

    def gpus(self, count: int = 1, total: int = 80 * GIB, used: int = 0) -> FakeMachine:
        """Put in whole GPUs."""
        self.add(*(f"gpu GPU-{n}000-fake {total} {used} Fake H200" for n in range(count)))
        return self

    def write(self) -> None:
        """As a whole or not at all: it is read at any time."""
        aside = self.path.with_suffix(".new")
        aside.write_text("".join(f"{line}\n" for line in self.lines))
        aside.rename(self.path)


@pytest.fixture(scope="session")
def nvml_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("the fake NVML library needs a C compiler, and there is none")
    library = tmp_path_factory.mktemp("nvml") / "libnvidia-ml.so.1"
    source = Path(__file__).with_name("fake_nvml.c")
    options = ["-shared", "-fPIC", "-Wl,-soname,libnvidia-ml.so.1"]
    subprocess.run([compiler, *options, "-o", str(library), str(source)], check=True)
    return library


@pytest.fixture
def machine(nvml_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeMachine:
    """In this process: what is loaded once under the library's name is what the binding finds."""
    ctypes.CDLL(str(nvml_library))
    made = FakeMachine(tmp_path / "machine", nvml_library)
    monkeypatch.setenv("FAKE_NVML", str(made.path))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return made
