"""Findings that need a whole program, or a run."""

import pytest

from nnic.compile.compile_source import compile_source
from nnic.findings.diagnostics import Sink
from nnic.findings.suppression import without_suppressed
from nnic.passes.direction import check_direction
from nnic.source import SourceFile

TRAIN = "import os\n\nlr = 0.5  # @nni.uniform(0.1, 1)\n# @nni.report_final_result(lr)\n"
SIZE = "size = 16  # @nni.choice(16, 32)\n"


def notes(project, *arguments, status=0):
    return [line for line in project.nnic(*arguments, status=status).stderr.splitlines() if "[NNI" in line]


def test_an_annotated_file_that_is_never_imported_is_noted(project):
    project.write("job/train.py", TRAIN)
    project.write("job/sub/model.py", "\n" + SIZE)
    (line,) = notes(project, "compile", "job/train.py")
    assert line.startswith("job/sub/model.py:2:14: note[NNI302]: train.py does not import this file, so ")


def test_other_programs_and_plain_files_are_not_noted(project):
    project.write("job/train.py", TRAIN + "import used\n")
    project.write("job/used.py", SIZE)
    project.write("job/other.py", TRAIN)
    project.write("job/third.py", SIZE + "if __name__ == '__main__': pass\n")
    project.write("job/plain.py", "# See @nni.choice for this.\nsize = '@nni.choice(1)'\n")
    project.write("job/broken.py", "size = = 16  # @nni.choice(16, 32)\n")
    project.write("job/quiet.py", SIZE.replace("\n", "  # nnic: ignore[NNI302]\n"))
    project.write("job/ignored/model.py", SIZE)
    project.write("job/.nniignore", "ignored/\n")
    assert notes(project, "compile", "job/train.py") == []
    # What belongs to a program is not told of a list of files.
    assert project.nnic("lint", "job/quiet.py").stdout == ""


def test_a_loss_that_is_maximized_is_a_warning_of_the_run(project):
    project.write("job/train.py", "test_loss = 1.0\n" + TRAIN.replace("result(lr)", "result(test_loss)"))
    run = ["run", "-q", "--trials", "1"]
    (line,) = notes(project, *run, "--maximize", "job/train.py")
    assert line.startswith("job/train.py:5:28: warning[NNI211]: test_loss is reported, and the run searches")
    assert notes(project, *run, "--minimize", "job/train.py") == []
    assert notes(project, "compile", "job/train.py") == []


@pytest.mark.parametrize(
    ("metric", "option"),
    [
        ("logs['val_loss'][-1]", "--maximize"),
        ("float(loss.item())", "--maximize"),
        ("{'default': valLoss, 'accuracy': 1}", "--maximize"),
        ("self.mse", "--maximize"),
        ("accuracy", "--minimize"),
    ],
)
def test_the_direction_is_read_off_the_last_word(metric, option):
    assert directions(metric, option) == ["NNI211"]


@pytest.mark.parametrize(
    ("metric", "option"),
    [
        ("accuracy", "--maximize"),
        ("-loss", "--maximize"),
        ("1 - error", "--maximize"),
        ("lossless", "--maximize"),
        ("loss_scale", "--maximize"),
        ("loss", "--minimize"),
    ],
)
def test_other_names_and_arithmetic_say_nothing(metric, option):
    assert directions(metric, option) == []


def test_the_direction_of_calls_is_read_and_may_be_hidden():
    assert directions("x)\nimport nni\nnni.report_final_result(loss", "--maximize") == ["NNI211"]
    assert directions("x)\nimport nni\nnni.report_final_result(1", "--maximize") == []
    assert directions("loss)  # nnic: ignore[NNI211", "--maximize", end="]\n") == []


def directions(metric, option, end=")\n"):
    source = SourceFile.decode(f"# @nni.report_final_result({metric}{end}".encode(), "train.py")
    sink = Sink(source)
    check_direction(compile_source(source, "train").ir, option == "--maximize", sink)
    return [d.code for d in without_suppressed(source, sink.diagnostics)]


@pytest.mark.parametrize("imported", ["import nnic\nnnic.", "from nnic import report\n"])
def test_a_result_may_be_reported_by_a_call(project, imported):
    """So a program without an annotation that reports is started."""
    project.write("job/train.py", f"lr = 0.5  # @nni.uniform(0.1, 1)\n{imported}report(lr, final=True)\n")
    assert notes(project, "compile", "job/train.py") == []
    project.nnic("run", "--trials", "2", "--tuner", "random", "job/train.py")
    assert project.json("trials")[0]["metric"] == 0.5
