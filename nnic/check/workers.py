"""Checks many texts in several processes.

A worker is a plain interpreter that reads its share from a pipe and writes the findings to another:
no semaphores and no shared memory, nothing of the caller's ``__main__``, and no rule against starting
one from a daemonic process. Whatever goes wrong with a worker, its share is checked here.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress

import nnic
from nnic.check.check_texts import Findings, Text, check_text
from nnic.compile.garbage_collection import without_collection

# Starting a worker takes as long as checking some hundred kilobytes; measured by benchmarks/compile.py.
BYTES_FOR_A_WORKER = 1_500_000
_MOST_WORKERS = 7

# Isolated, so that a user's own ast.py in the working directory is not what it imports.
_BOOT = """
import signal
signal.signal(signal.SIGINT, signal.SIG_DFL)
import importlib.util, os, pickle, sys
start, paths, texts = pickle.load(sys.stdin.buffer)
sys.path += [path for path in paths if path not in sys.path]
folder = os.path.dirname(start)
spec = importlib.util.spec_from_file_location("nnic", start, submodule_search_locations=[folder])
sys.modules["nnic"] = module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
from nnic.check.workers import serve
serve(texts)
"""


def workers_for(total_bytes: int, texts: int) -> int:
    """Tell how many processes, this one included, are worth their start."""
    wanted = min(_processors(), total_bytes // BYTES_FOR_A_WORKER, texts, _MOST_WORKERS + 1)
    return wanted if wanted > 1 and _is_python() else 1


def check_in_workers(texts: Sequence[Text], count: int) -> dict[int, Findings]:
    """Tell what ``count`` processes, this one included, find in texts, by their index.

    Texts that are missing have to be checked again: a worker ended, or a bug of ours came out.
    """
    shares = _shares(texts, count)
    workers: list[tuple[list[int], subprocess.Popen[bytes]]] = []
    found: dict[int, Findings] = {}
    try:
        for share in shares[1:]:
            worker = _start([texts[index] for index in share])
            if worker is not None:
                workers.append((share, worker))
        with without_collection():
            for index in shares[0]:
                with suppress(Exception):
                    found[index] = check_text(texts[index])
        for share, worker in workers:
            results = _result(worker)
            found.update((i, result) for i, result in zip(share, results) if result is not None)
    finally:
        for _, worker in workers:
            _end(worker)
    return found


def serve(texts: list[tuple[bytes, str, str]]) -> None:
    """Tell what a worker does: check its share, and write what it found, or ``None`` after an exception."""
    output = os.dup(1)
    os.dup2(2, 1)  # nobody's print may end up between the findings
    found: list[Findings | None] = []
    with without_collection():
        for text in texts:
            try:
                found.append(check_text(Text(*text)))
            except Exception:
                found.append(None)
    with os.fdopen(output, "wb") as stream:
        pickle.dump(found, stream)


def _start(texts: list[Text]) -> subprocess.Popen[bytes] | None:
    paths = [path for path in sys.path if os.path.isabs(path)]
    job = pickle.dumps((nnic.__file__, paths, [(t.data, t.shown, t.module) for t in texts]))
    try:
        worker = subprocess.Popen(
            [sys.executable, "-I", "-c", _BOOT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except (OSError, RuntimeError, ValueError):
        return None  # no more processes, descriptors or memory
    try:
        assert worker.stdin is not None
        with worker.stdin as stream:
            stream.write(job)  # a worker reads everything before it writes anything
    except OSError:
        _end(worker)
        return None
    except BaseException:
        _end(worker)
        raise
    return worker


def _result(worker: subprocess.Popen[bytes]) -> list[Findings | None]:
    assert worker.stdout is not None
    data = worker.stdout.read()
    try:
        results = pickle.loads(data)
    except Exception:  # unpickling what was cut short raises whatever comes up
        return []
    return results if isinstance(results, list) else []


def _end(worker: subprocess.Popen[bytes]) -> None:
    worker.kill()
    for stream in (worker.stdin, worker.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
    worker.wait()


def _shares(texts: Sequence[Text], count: int) -> list[list[int]]:
    """Return the indices in groups of about equal size in bytes."""
    shares: list[list[int]] = [[] for _ in range(count)]
    sizes = [0] * count
    for index in sorted(range(len(texts)), key=lambda i: -len(texts[i].data)):
        smallest = sizes.index(min(sizes))
        shares[smallest].append(index)
        sizes[smallest] += len(texts[index].data)
    return shares


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _is_python() -> bool:
    """Tell whether ``sys.executable`` is an interpreter, not a program that holds one."""
    name = os.path.basename(sys.executable or "").lower()
    return not getattr(sys, "frozen", False) and name.startswith(("python", "pypy"))
