"""Values of every carrier, in files of every form, come back into the source and mean the same there."""

import subprocess
import sys

import pytest

CONFIG = """\
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    PLAIN = "plain"
    MOMENTUM = "momentum"


@dataclass
class Optimizer:
\trate: float = field(default=0.1, metadata={"help": "step size"})  # @nni.loguniform(1e-3, 1)
\tsizes: list = field(default_factory=lambda: [16, 16])  # @nni.choice([16, 16], [32], name=sizes)
\tbetas: tuple = field(default_factory=lambda: (0.9, 0.99))  # @nni.choice((0.9, 0.99), (0.8,))
\f
class Schedule(NamedTuple):
\tkind: Kind = Kind.PLAIN  # @nni.choice(Kind.PLAIN, Kind.MOMENTUM)
\twarm: "float" = 0.5  # @nni.uniform(0, 1)


TABLE = {}
TABLE[
\t"decay"
] = 1e-2  # @nni.loguniform(1e-4, 1)"""

TRAIN = """\
import argparse

from config import TABLE, Kind, Optimizer, Schedule

parser = argparse.ArgumentParser()
parser.add_argument("--amp", action="store_true", default=False)  # @nni.choice(True, False)
parser.add_argument("--ema", action=argparse.BooleanOptionalAction, default=False)  # @nni.choice(True, False)
parser.add_argument("--layers", type=int, nargs="+", default=[8])  # @nni.choice([8], [8, 8], [16])
parser.add_argument("--gamma", type=float, default="0.1")  # @nni.uniform(0, 1)
arguments = parser.parse_args()
'''@nni.variable(nni.choice({"a": 1}, {"a": 2, "b": [3, 4]}), name=entries)'''
entries = {
    "a": 1,  # by hand
}
'''@nni.function_choice(max(entries.values(), key=str), len(  entries  ), name=max)'''
size = max(entries.values(), key=str) if entries else 0
# @nni.choice(
#     None,  # none at all
#     lambda x, y=2: (x, y),  # both
#     sorted,
#     name=act)
act = None
score = arguments.amp + 2 * arguments.ema + sum(arguments.layers) + arguments.gamma
score += Optimizer().rate + sum(Optimizer().sizes) + sum(Optimizer().betas)
score += Schedule().warm + 3 * (Schedule().kind is Kind.MOMENTUM) + TABLE["decay"]
score += len(str(entries)) + len(str(size)) + bool(act) * (5 if act is sorted else 7)
print(repr(score))
# @nni.report_final_result(score)
"""


def write_files(root):
    (root / "config.py").write_bytes(CONFIG.replace("\n", "\r\n").encode("utf-8-sig"))
    (root / "train.py").write_text(TRAIN)


@pytest.fixture(scope="module")
def searched(tmp_path_factory, new_project):
    made = new_project(tmp_path_factory.mktemp("carriers"))
    write_files(made.root)
    made.nnic("run", "train.py", "--tuner", "random", "--trials", "14", "-q", "--seed", "5", "--maximize")
    return made


@pytest.fixture
def project(searched):
    write_files(searched.root)
    return searched


def metric_of(script):
    """What the script prints when it is run as it is, in a process that can't import nnic."""
    code = "import runpy, sys; sys.modules['nnic'] = None; sys.path.insert(0, sys.argv[1]); "
    code += "runpy.run_path(sys.argv.pop(1) + '/train.py', run_name='__main__')"
    command = [sys.executable, "-I", "-B", "-c", code, str(script)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.parametrize("options", [(), ("--narrow",), ("--strip",)], ids=["plain", "narrow", "strip"])
def test_the_source_gives_what_the_trial_gave(project, options):
    trials = {trial["trial"]: trial for trial in project.json("trials")}
    assert trials[0]["metric"] == metric_of(project.root)
    best = project.json("best")
    project.nnic("apply", *options)
    assert metric_of(project.root) == best["metric"]
    data = (project.root / "config.py").read_bytes()
    assert data.startswith(b"\xef\xbb\xbffrom")
    assert data.count(b"\n") == data.count(b"\r\n")
    assert not data.endswith(b"\n")
    assert b"\r\n\x0c\r\nclass Schedule" in data
    text = (project.root / "train.py").read_text()
    assert "# by hand" in text
    project.nnic("apply", "--undo")
    assert (project.root / "train.py").read_text() == TRAIN


@pytest.mark.parametrize("number", [3, 7, 11])
def test_every_trial_can_be_applied_after_another(project, number):
    trials = {trial["trial"]: trial["metric"] for trial in project.json("trials")}
    project.nnic("apply")
    project.nnic("apply", "--trial", str(number))
    assert metric_of(project.root) == trials[number]
    assert "nothing to change" in project.nnic("apply", "--trial", str(number)).stderr
    while "put back" in project.nnic("apply", "--undo").stderr:
        if (project.root / "train.py").read_text() == TRAIN:
            break
    assert metric_of(project.root) == trials[0]


def test_a_trial_as_a_script_of_its_own(project):
    best = project.json("best")
    (project.root / "values.json").write_text(project.nnic("best", "--format", "json").stdout)
    project.nnic("compile", "train.py", "--params", "values.json", "--out", "alone")
    assert metric_of(project.root / "alone" / "code") == best["metric"]
    assert b"nni" not in (project.root / "alone" / "code" / "config.py").read_bytes()
