"""``python -m diff_nni``: the whole campaign; ``--record`` writes what the tests compare against."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from diff_nni.case import Case
from diff_nni.compare import Findings, compare
from diff_nni.environment import NoPythonError, ask_nni, set_up
from diff_nni.grammar import options_case
from diff_nni.hand_made import hand_made
from diff_nni.programs import ProgramGenerator
from diff_nni.recorded import choose, record


def main() -> int:
    """Run the campaign; 1 where a difference is none that the language names."""
    parser = argparse.ArgumentParser(prog="diff_nni", description=__doc__)
    parser.add_argument("--programs", type=int, default=1000, help="how many folders to generate")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--environment", type=Path, default=Path(".venv-nni"), help="where NNI is installed")
    parser.add_argument("--record", action="store_true", help="write the recorded part anew")
    arguments = parser.parse_args()
    try:
        python = set_up(arguments.environment)
    except NoPythonError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    seeds = range(arguments.first, arguments.first + arguments.programs)
    cases = [*hand_made(), *(ProgramGenerator(seed).case() for seed in seeds)]
    cases += [options_case(seed) for seed in seeds[::2]]
    results = ask_nni(python, cases)
    if arguments.record:
        record(choose(cases, results))
    total = Findings()
    with tempfile.TemporaryDirectory(prefix="diff-nni-") as folder:
        for number, (case, result) in enumerate(zip(cases, results)):
            total.add(compare(case, result, Path(folder) / str(number)))
    show(cases, total)
    return 1 if total.failures else 0


def show(cases: list[Case], total: Findings) -> None:
    """Print the table, the unexplained differences last."""
    files = sum(path.endswith(".py") for case in cases for path in case.files)
    print(f"{len(cases):6} folders, {files} files")
    print(f"{total.keys:6} keys, {total.agreed} the same with values, types and order")
    print(f"{total.runs:6} runs, {total.agreed_runs} print the same")
    _counted("differences that the language names", total.exceptions)
    _counted("folders refused by both, by NNI's reason", total.both_refused)
    _counted("folders that NNI refuses and nnic compiles", total.liberal)
    _counted("folders that NNI takes and nnic refuses", total.refused)
    print(f"{len(total.failures):6} differences that it doesn't name")
    for failure in total.failures[:40]:
        print(f"\n{failure}")


def _counted(title: str, counts: Mapping[str, int]) -> None:
    print(f"{sum(counts.values()):6} {title}")
    for name, count in sorted(counts.items(), key=lambda item: -item[1]):
        print(f"       {count:6} {name}")


if __name__ == "__main__":
    sys.exit(main())
