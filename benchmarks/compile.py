"""How fast the compiler is, as ratios to ``ast.parse`` and to an empty Python process.

One run, the things compared interleaved; the middle of the repetitions counts.
"""

from __future__ import annotations

import argparse
import ast
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from nnic.check import check_source
from nnic.compiler import compile_source
from nnic.source import SourceFile, may_hold_annotations

FILES = ("argparse.py", "ast.py", "dataclasses.py", "inspect.py", "pathlib.py", "typing.py", "tarfile.py")


def sources() -> list[str]:
    """Large files of the standard library that every supported Python has."""
    root = Path(sysconfig.get_paths()["stdlib"])
    return [(root / name).read_text(encoding="utf-8") for name in FILES if (root / name).is_file()]


def annotated(text: str, every: int) -> str:
    """``text`` with an annotation behind every so many of its plain assignments."""
    lines = text.split("\n")
    count = 0
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Assign) or node.lineno != node.end_lineno:
            continue
        line = lines[node.lineno - 1]
        if len(line.encode()) != node.end_col_offset:
            continue
        count += 1
        if count % every == 0:
            target = ast.unparse(node.targets[0])
            options = "1, 'a', len([1])"
            lines[node.lineno - 1] = f"{line}  # @nni.variable(nni.choice({options}), name={target})"
    return "\n".join(lines)


def measure(tasks: dict[str, Callable[[], object]], repetitions: int) -> dict[str, float]:
    """Middle seconds of each task, run in turn."""
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(repetitions):
        for name, task in tasks.items():
            start = time.perf_counter()
            task()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


def compare_with_parsing(repetitions: int) -> None:
    plain = sources()
    marked = [annotated(text, 20) for text in plain]
    lines = sum(text.count("\n") for text in plain)
    count = sum(text.count("@nni.variable(") for text in marked)
    read = [SourceFile.decode(text.encode(), "plain.py") for text in plain]
    read_marked = [SourceFile.decode(text.encode(), "marked.py") for text in marked]
    results = [compile_source(source, f"m{number}") for number, source in enumerate(read_marked)]
    errors = sum(d.is_error for result in results for d in result.diagnostics)
    tasks: dict[str, Callable[[], object]] = {
        "ast.parse": lambda: [ast.parse(text) for text in plain],
        "gate": lambda: [may_hold_annotations(source.data) for source in read],
        "plain": lambda: [compile_source(source, "m") for source in read],
        "check": lambda: [check_source(source, "m") for source in read_marked],
        "marked": lambda: [compile_source(source, "m") for source in read_marked],
    }
    middle = measure(tasks, repetitions)
    base = middle["ast.parse"]
    print(f"{lines} lines of the standard library; ast.parse: {lines / base:,.0f} lines/s = 1.00")
    for name, what in (
        ("gate", "a file without the word nni"),
        ("plain", "compile, no annotations (the word is assumed)"),
        ("check", f"check, {count} annotations"),
        ("marked", f"compile, {count} annotations ({errors} errors), output parsed again"),
    ):
        print(f"  {what}: {base / middle[name]:.2f} of its speed ({lines / middle[name]:,.0f} lines/s)")


def compare_processes(repetitions: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "train.py"
        script.write_text("lr = 1e-3  # @nni.loguniform(1e-5, 1e-1)\n# @nni.report_final_result(lr)\n")

        def run(*arguments: str) -> Callable[[], object]:
            return lambda: subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)

        middle = measure(
            {"pass": run("-c", "pass"), "lint": run("-m", "nnic", "lint", str(script))}, repetitions
        )
    seconds = f"{middle['lint']:.3f} s, python -c pass {middle['pass']:.3f} s"
    print(f"nnic lint of one file: {seconds}; {middle['lint'] / middle['pass']:.1f} times")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=7)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    compare_with_parsing(arguments.repetitions)
    compare_processes(arguments.repetitions * 2 + 1)


if __name__ == "__main__":
    main()
