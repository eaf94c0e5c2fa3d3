"""What the files of a program share: labels, the budget, the checkpoint, constraints."""

from __future__ import annotations

from pathlib import Path

from nnic.compile.compilation import Compilation
from nnic.compile.program import compile_entry
from nnic.runtime.program import Program
from nnic.tuners.space import ABSENT

FINAL = "# @nni.report_final_result(1)\n"


def compiled(folder: Path, train: str, model: str) -> Compilation:
    (folder / "train.py").write_text(f"import model\n{train}{FINAL}", encoding="utf-8")
    (folder / "model.py").write_text(model, encoding="utf-8")
    return compile_entry(folder / "train.py", display_root=folder)


def messages(compilation: Compilation) -> list[str]:
    return [f"{d.code} {d.path}:{d.line} {d.message}" for d in compilation.diagnostics]


def test_a_label_is_one_parameter_of_the_program(tmp_path: Path) -> None:
    line = "  # @nni.choice(1, 2, label='width')\n"
    compilation = compiled(tmp_path, f"a = 1{line}", f"b = 1{line}")
    assert compilation.program is not None
    (parameter,) = compilation.program.space
    assert (parameter.key, parameter.default) == ("*/width/choice", 1)
    (parameter,) = compiled(tmp_path, f"a = 1{line}", f"b = 2{line}").program.space  # type: ignore[union-attr]
    assert parameter.default is ABSENT


def test_a_label_has_one_meaning(tmp_path: Path) -> None:
    train = "a = 1  # @nni.choice(1, 2, label='width')\n"
    for model in (
        "a = 1  # @nni.choice(1, 3, label='width')\n",
        "a = 1  # @nni.randint(1, 2, label=width)\n",
    ):
        compilation = compiled(tmp_path, train, model)
        assert compilation.program is None
        assert [m for m in messages(compilation) if "NNI112" in m] == [
            "NNI112 model.py:1 label width stands for one parameter, but its annotations differ"
        ]


def test_a_constraint_may_name_a_label_of_another_file(tmp_path: Path) -> None:
    model = "b = 1  # @nni.randint(1, 9, label='width')\n"
    train = "depth = 1  # @nni.randint(1, 9)\n# @nni.constraint(depth * width < 30)\n"
    program = compiled(tmp_path, train, model).program
    assert program is not None
    (constraint,) = program.constraints
    assert constraint.expression == "depth * width < 30"
    assert dict(constraint.names) == {"depth": "train/depth/randint", "width": "*/width/randint"}
    assert Program.from_json(program.to_json()) == program
    assert messages(compiled(tmp_path, train, model.replace("width", "wide"))) == [
        "NNI123 train.py:3 no parameter is called width"
    ]


def test_a_program_has_one_budget_and_one_checkpoint(tmp_path: Path) -> None:
    train = "epochs = 3  # @nni.budget(1, 9)\nfolder = 'a'  # @nni.checkpoint()\n"
    program = compiled(tmp_path, train, "").program
    assert program is not None
    fidelity = program.fidelity
    assert fidelity is not None
    assert (fidelity.low, fidelity.high, fidelity.integer) == (1, 9, True)
    assert (fidelity.key, program.checkpoint) == ("train/epochs/budget", "train/folder/checkpoint")
    assert len(program.space) == 0
    assert Program.from_json(program.to_json()) == program
    assert messages(compiled(tmp_path, train, train)) == [
        "NNI124 model.py:1 a program has one budget; this is the second, after train.py",
        "NNI124 model.py:2 a program has one checkpoint; this is the second, after train.py",
    ]


def test_a_budget_of_fractions(tmp_path: Path) -> None:
    program = compiled(tmp_path, "share = 0.5  # @nni.budget(0.1, 1)\n", "").program
    assert program is not None
    assert program.fidelity is not None
    assert not program.fidelity.integer
