"""Run the tests that compute as on other processors: with other kernels of numpy and of OpenBLAS.

    make processors                                # all combinations: about a quarter of an hour on two cores
    python tests/processors.py 2 5 -- ARGS      # some of them, by number; ARGS take the place of the tests

The same seed takes another path where floating point rounds otherwise, and tests must hold on each.
A combination that this processor or this numpy cannot run is named and left out. Prints which ran and
how they ended; exits 1 when one fails.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = (
    "tests/tuners_tests",
    "tests/runtime_tests/loop/test_asked_of_tuners.py",
    "tests/runtime_tests/loop/test_cuts.py",
    "tests/compiler_tests/test_writeback.py",
    "tests/cli_tests/test_importance.py",
    "tests/cli_tests/test_promotions.py",
    "tests/test_earlier_results.py",
    "tests/test_experiment.py",
)
AVX512, AVX2 = ("AVX512", "X86_V4"), ("AVX2", "FMA3", "X86_V3")  # how the names of the families begin
# What an OpenBLAS that was asked for a kernel may say that it has: wheels leave some out.
KERNELS = {
    "Nehalem": ("Nehalem",),
    "Haswell": ("Haswell",),
    "Zen": ("Zen", "Haswell"),
    "SkylakeX": ("SkylakeX",),
}

# Computes a little of all that may not run here, and tells what it computed with.
PROBE = """
import json
import numpy as np
import scipy.linalg
from threadpoolctl import threadpool_info
try:
    from numpy._core import _multiarray_umath as core
except ImportError:  # numpy 1
    from numpy.core import _multiarray_umath as core
matrix = np.exp(np.sin(np.arange(10_000.0))).reshape(100, 100)
matrix = matrix @ matrix.T + np.eye(100)
np.linalg.eigh(matrix)
scipy.linalg.cho_solve(scipy.linalg.cho_factor(matrix), matrix)
on = [name for name in core.__cpu_dispatch__ if core.__cpu_features__[name]]
pools = [pool for pool in threadpool_info() if pool["internal_api"] == "openblas"]
print(json.dumps({
    "baseline": core.__cpu_baseline__,
    "on": on,
    "kernels": sorted({pool["architecture"] for pool in pools}),
    "threads": sorted({pool["num_threads"] for pool in pools}),
}))
"""


@dataclass(frozen=True)
class Combination:
    """Families of features that numpy leaves out, OpenBLAS's kernel (its own choice if none), its threads."""

    without: tuple[str, ...]
    kernel: str | None
    threads: int

    def __str__(self):
        families = [
            name for name, family in (("AVX512", AVX512), ("AVX2", AVX2)) if family[0] in self.without
        ]
        numpy = f"numpy without {' and '.join(families)}" if families else "numpy as it is"
        kernel = self.kernel or "as it is"
        return f"{numpy}, OpenBLAS {kernel}, {self.threads} thread{'s' if self.threads > 1 else ''}"


COMBINATIONS = (
    Combination((), None, 2),
    Combination((), "SkylakeX", 1),
    Combination((), "Haswell", 2),
    Combination(AVX512, "Zen", 1),
    Combination(AVX512, "Haswell", 2),
    Combination((*AVX512, *AVX2), "Nehalem", 1),
    Combination((*AVX512, *AVX2), "Nehalem", 2),
)


class CannotRun(Exception):
    """This machine or this numpy has not what a combination is made of."""


def clean_environment():
    """That of this process without what chooses kernels and threads."""
    prefixes = ("OPENBLAS_", "NPY_", "OMP_", "GOTO_", "MKL_", "MAKE", "MFLAGS")
    return {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}


def probe(environment):
    """What numpy and OpenBLAS compute with in ``environment``; warnings of numpy are errors."""
    command = [sys.executable, "-W", "error", "-c", PROBE]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if result.returncode < 0:
        raise CannotRun(f"ends with signal {-result.returncode}")
    if result.returncode:
        raise CannotRun(result.stderr.strip().splitlines()[-1])
    return json.loads(result.stdout)


def environment_of(combination, plain):
    """The environment of a combination, and what is then computed with; ``plain`` is the machine as it is."""
    environment = {**clean_environment(), "OPENBLAS_NUM_THREADS": str(combination.threads)}
    if combination.kernel:
        environment["OPENBLAS_CORETYPE"] = combination.kernel
    if combination.without:
        # numpy refuses to leave out what all of it needs, and warns of what it has no kernels for.
        kept = [name for name in plain["baseline"] if name.startswith(combination.without)]
        if kept:
            raise CannotRun(f"this numpy needs {', '.join(kept)}")
        environment["NPY_DISABLE_CPU_FEATURES"] = " ".join(
            name for name in plain["on"] if name.startswith(combination.without)
        )
    found = probe(environment)
    if combination.kernel and not set(found["kernels"]) <= set(KERNELS[combination.kernel]):
        raise CannotRun(f"OpenBLAS computes with {', '.join(found['kernels'])} instead")
    if not found["kernels"]:
        raise CannotRun("numpy and scipy have another library than OpenBLAS")
    return environment, found


def run(combination, plain, arguments):
    """How a combination ended, in words, and whether that is well."""
    try:
        environment, found = environment_of(combination, plain)
    except CannotRun as reason:
        print(f"== {combination}: left out, {reason}", flush=True)
        return f"left out: {reason}", True
    features = " ".join(found["on"]) or "its baseline alone"
    print(f"== {combination} (numpy with {features}; {' '.join(found['kernels'])})", flush=True)
    start = time.monotonic()
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "auto",
        "--dist",
        "worksteal",
        *(arguments or TESTS),
    ]
    status = subprocess.run(command, cwd=ROOT, env=environment).returncode
    seconds = f"{time.monotonic() - start:.0f} s"
    return (f"FAILED with exit status {status}, {seconds}" if status else f"passed, {seconds}"), not status


def main():
    words = sys.argv[1:]
    end = words.index("--") if "--" in words else len(words)
    chosen = [int(word) for word in words[:end]] or range(1, len(COMBINATIONS) + 1)
    arguments = words[end + 1 :]
    plain = probe(clean_environment())
    ends = [(number, *run(COMBINATIONS[number - 1], plain, arguments)) for number in chosen]
    print("\n== the combinations")
    for number, words, _ in ends:
        print(f"{number}  {COMBINATIONS[number - 1]!s:60} {words}")
    ran = sum(not words.startswith("left out") for _, words, _ in ends)
    print(f"{ran} of {len(ends)} ran")
    sys.exit(0 if ran and all(well for *_, well in ends) else 1)


if __name__ == "__main__":
    main()
