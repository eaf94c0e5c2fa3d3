"""How fast the compiler is, as multiples of ``ast.parse`` and of reading files.

What is compared takes turns within one run, and the median of the ratios of all repetitions counts.
"""

from __future__ import annotations

import argparse
import ast
import gc
import os
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

from nnic.check.check_paths import check_paths
from nnic.check.check_texts import Text, check_text
from nnic.check.workers import check_in_workers
from nnic.compile.check_source import check_source
from nnic.compile.compile_source import compile_source
from nnic.compile.garbage_collection import without_collection
from nnic.source import SourceFile

FILES = ("argparse.py", "ast.py", "dataclasses.py", "inspect.py", "pathlib.py", "typing.py", "tarfile.py")
MORE = ("_pydatetime.py", "datetime.py", "doctest.py", "subprocess.py", "turtle.py", "zipfile.py")
LINES = 20_000
ANNOTATIONS = 200
OPTIONS = "1, 'a', len([1])"

Task = Callable[[], object]


def sources() -> list[str]:
    """Read large files of the standard library, about 20,000 lines."""
    root = Path(sysconfig.get_paths()["stdlib"])
    texts: list[str] = []
    for name in (*FILES, *MORE):
        if (root / name).is_file() and sum(text.count("\n") for text in texts) < LINES:
            texts.append((root / name).read_text(encoding="utf-8"))
    return texts


def annotated(text: str, every: int) -> str:
    """Annotate every so many of the assignments of ``text`` that fill a line, in each form by turns."""
    lines = text.split("\n")
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Assign)]
    plain = [n for n in nodes if n.lineno == n.end_lineno and _fills_line(n, lines[n.lineno - 1])]
    chosen = sorted(plain, key=lambda node: node.lineno)[every // 2 :: every]
    # Lines change from the end on, so that the places before stay.
    for number, node in reversed(list(enumerate(chosen))):
        at = node.lineno - 1
        above, behind = _annotation(node, number, lines[at])
        lines[at : at + 1] = [*above, lines[at] + behind]
    return "\n".join(lines)


def _fills_line(node: ast.Assign, line: str) -> bool:
    return len(line.encode()) == node.end_col_offset and not line[: node.col_offset].strip()


def _annotation(node: ast.Assign, number: int, line: str) -> tuple[list[str], str]:
    """The lines above an assignment and the comment behind it; the form depends on ``number``."""
    target = ast.unparse(node.targets[0])
    indent = line[: node.col_offset]
    long = f"@nni.variable(nni.choice({OPTIONS}), name={target})"
    call = node.value
    carrier = number % 5
    if carrier == 0:
        return [f"{indent}'''{long}'''"], ""
    if carrier == 1:
        return [f"{indent}# {long}"], ""
    if carrier == 2:
        return [], f"  # @nni.choice({OPTIONS}, name={target})"
    if isinstance(call, ast.Call) and carrier == 3:
        first = line[call.col_offset : call.end_col_offset] if line.isascii() else "f()"
        return [f"{indent}# @nni.function_choice({first}, len([1]), name={ast.unparse(call.func)})"], ""
    keywords = [k.arg for k in getattr(call, "keywords", ()) if k.arg]
    if isinstance(call, ast.Call) and len(keywords) == 1 and keywords[0] != target:
        return [], f"  # @nni.choice({OPTIONS}, name={keywords[0]}, label='k{number}')"
    return [], f"  # {long}"


def ratios(base: Task, tasks: dict[str, Task], repetitions: int) -> tuple[float, dict[str, float]]:
    """The median seconds of ``base``, and the median of each task's multiples of it; they take turns."""
    found: dict[str, list[float]] = {name: [] for name in tasks}
    seconds = []
    for _ in range(repetitions):
        unit = timed(base)
        seconds.append(unit)
        for name, task in tasks.items():
            found[name].append(timed(task) / unit)
    return statistics.median(seconds), {name: statistics.median(values) for name, values in found.items()}


def timed(task: Task) -> float:
    """The seconds that a task takes, without Python's search for cycles: what one task leaves behind would
    decide in which of the next ones that falls, and it takes longer than parsing."""
    gc.collect()
    with without_collection():
        start = time.perf_counter()
        task()
        return time.perf_counter() - start


def compare_with_parsing(repetitions: int) -> list[str]:
    plain = sources()
    every = 1
    marked = [annotated(text, every) for text in plain]
    while sum(text.count("@nni.") for text in marked) > ANNOTATIONS:
        every += 1
        marked = [annotated(text, every) for text in plain]
    read = [SourceFile.decode(text.encode(), "plain.py").data for text in plain]
    data = [text.encode() for text in marked]
    results = [compile_source(SourceFile.decode(d, "m.py"), f"m{n}") for n, d in enumerate(data)]
    errors = [d for result in results for d in result.diagnostics if d.is_error]
    kept = sum(len(result.ir.tunables) for result in results if result.ir is not None)
    tasks: dict[str, Task] = {
        "plain": lambda: [compile_source(SourceFile.decode(d, "m"), "m") for d in read],
        "check": lambda: [check_source(SourceFile.decode(d, "m"), "m") for d in data],
        "marked": lambda: [compile_source(SourceFile.decode(d, "m"), "m") for d in data],
    }
    unit, found = ratios(lambda: [ast.parse(text) for text in marked], tasks, repetitions)
    lines = sum(text.count("\n") for text in marked)
    print(f"{lines} lines, ast.parse: {lines / unit:,.0f} lines/s = 1; {len(errors)} errors")
    print(f"  compile, no annotations (the word is assumed): {found['plain']:.2f} times ast.parse")
    print(f"  check, {kept} annotations: {found['check']:.2f} times")
    print(f"  compile, {kept} annotations, output parsed again: {found['marked']:.2f} times")
    return marked


def compare_with_reading(repetitions: int) -> None:
    """Compare checking folders without annotations with listing and reading them."""
    root = sysconfig.get_paths()["stdlib"]
    names = [os.path.join(folder, name) for folder, _, files in os.walk(root) for name in files]
    files = [name for name in names if name.endswith(".py")]

    def read() -> None:
        for folder, _, names in os.walk(root):
            for name in names:
                if name.endswith(".py"):
                    with open(os.path.join(folder, name), "rb") as file:
                        file.read()

    _, found = ratios(read, {"lint": lambda: check_paths([root])}, repetitions)
    print(f"nnic lint of {len(files)} files, none annotated: {found['lint']:.2f} times os.walk and read")


def compare_workers(marked: list[str], repetitions: int) -> None:
    """Print what a second process is worth, by size; ``BYTES_FOR_A_WORKER`` comes from here."""
    for copies in (1, 2, 4, 8):
        texts = [Text(text.encode(), "m.py", "m") for text in marked * copies]
        size = sum(len(text.data) for text in texts)
        tasks: dict[str, Task] = {"two": partial(check_in_workers, texts, 2)}
        unit, found = ratios(partial(check_all, texts), tasks, repetitions)
        print(f"check of {size / 1e6:.1f} MB: {unit:.2f} s; two processes {found['two']:.2f} times that")


def check_all(texts: list[Text]) -> None:
    """Check the texts one after the other, in this process."""
    for text in texts:
        check_text(text)


def compare_processes(marked: list[str], repetitions: int) -> None:
    """Time the command on one small script, and on many annotated files."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "one" / "train.py"
        script.parent.mkdir()
        script.write_text("lr = 1e-3  # @nni.loguniform(1e-5, 1e-1)\n# @nni.report_final_result(lr)\n")
        many = Path(folder) / "many"
        many.mkdir()
        for number, text in enumerate(marked * 4):
            (many / f"m{number}.py").write_text(text, encoding="utf-8")
        environment = {**os.environ, "XDG_CACHE_HOME": f"{folder}/caches"}

        def run(*arguments: str) -> Task:
            command = [sys.executable, *arguments]
            return lambda: subprocess.run(command, stdout=subprocess.DEVNULL, env=environment, check=False)

        tasks: dict[str, Task] = {}
        for place in (script, many):
            tasks[f"{place.name} --no-cache"] = run("-m", "nnic", "lint", str(place), "--no-cache")
            tasks[f"{place.name}, kept"] = run("-m", "nnic", "lint", str(place))
        unit, found = ratios(run("-c", "pass"), tasks, repetitions)
        for name, ratio in found.items():
            print(f"nnic lint {name}: {ratio:.1f} times python -c pass ({unit:.3f} s)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--workers", action="store_true", help="also what several processes are worth")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    marked = compare_with_parsing(arguments.repetitions)
    compare_with_reading(arguments.repetitions)
    compare_processes(marked, arguments.repetitions)
    if arguments.workers:
        compare_workers(marked, arguments.repetitions)


if __name__ == "__main__":
    main()
