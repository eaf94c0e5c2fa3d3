"""Which annotated values the arguments of a script fix: each way in which a command line names one."""

import textwrap
from pathlib import Path

import pytest

from nnic.arguments.dropping import without_fixed
from nnic.arguments.fixed import find_fixed
from nnic.compile.program import compile_entry

PLAIN = """
    import argparse
    p = argparse.ArgumentParser(SETTINGS)
    p.add_argument("--learning-rate", "-l", type=float, default=0.1)  # @nni.loguniform(1e-3, 1)
    p.add_argument("--layers", type=int, nargs="+", default=[64])  # @nni.choice([64], [128])
    p.add_argument("--ema", action=argparse.BooleanOptionalAction, default=False)  # @nni.choice(True, False)
    p.add_argument("--plain", dest="norm", action="store_false", default=True)  # @nni.choice(True, False)
    p.add_argument("--width", default=8)
    p.add_argument("depth", nargs="?", type=int, default=2)  # @nni.choice(2, 3)
    args = p.parse_args(GIVEN)
    # @nni.report_final_result(args.learning_rate)
    """
SUBCOMMANDS = """
    import argparse
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command")
    train = commands.add_parser("train", aliases=["fit"])
    train.add_argument("--lr", type=float, default=0.1)  # @nni.uniform(0, 1)
    evaluate = commands.add_parser("evaluate")
    evaluate.add_argument("--lr", dest="scale", default=0.3)  # @nni.uniform(0, 1, name=default)
    args = parser.parse_args()
    # @nni.report_final_result(args.lr)
    """
ELSEWHERE = """
    import argparse
    def add_options(group):
        group.add_argument("--lr", type=float, default=0.1)  # @nni.uniform(0, 1)
    base = argparse.ArgumentParser(add_help=False)
    base.add_argument("--size", type=int, default=8)  # @nni.choice(8, 16)
    parser = argparse.ArgumentParser(parents=[base])
    group = parser.add_argument_group("model")
    group.add_mutually_exclusive_group().add_argument("--drop", default=0.5)  # @nni.uniform(0, 1)
    add_options(group)
    parser.set_defaults(
        seed=3,  # @nni.choice(3, 4)
    )
    parser.add_argument("--seed", type=int)
    args, rest = parser.parse_known_args()
    # @nni.report_final_result(args.lr)
    """
CLICK = """
    import click
    @click.command()
    @click.option(
        "--lr", "-r",
        default=0.1,  # @nni.uniform(0, 1)
    )
    @click.option(
        "--shout/--no-shout",
        default=False,  # @nni.choice(True, False)
    )
    @click.option(
        "--depth",
        envvar="DEPTH",
        default=2,  # @nni.choice(2, 3)
    )
    @click.argument(
        "size",
        default=8,  # @nni.choice(8, 16)
    )
    def main(lr, shout, depth, size):
        print(lr)
        # @nni.report_final_result(lr)
    main()
    """
TYPER = """
    import typer
    from typing import Annotated
    app = typer.Typer()
    @app.command()
    def train(
        size: Annotated[int, typer.Argument()] = 8,  # @nni.choice(8, 16)
        learning_rate: Annotated[float, typer.Option("--lr", "-l")] = 0.1,  # @nni.uniform(0, 1)
        batch_size: int = 32,  # @nni.choice(32, 64)
        shout: bool = False,  # @nni.choice(True, False)
        drop: float = typer.Option(default=0.5),  # @nni.uniform(0, 1)
    ):
        ...
        # @nni.report_final_result(size)
    @app.command()
    def show(batch_size: int = 4):  # @nni.choice(4, 5)
        ...
    app()
    """
FIRE = """
    import fire
    def main(
        data="x",
        lr=0.1,  # @nni.uniform(0, 1)
        batch_size=32,  # @nni.choice(32, 64)
        nesterov=True,  # @nni.choice(True, False)
    ):
        ...
        # @nni.report_final_result(lr)
    def other(
        lr=0.2,  # @nni.uniform(0, 2)
    ): ...
    fire.Fire(main)
    """
FIELDS = """
    from dataclasses import dataclass, field
    from LIBRARY import make
    @dataclass
    class Config:
        learning_rate: float = 0.1  # @nni.uniform(0, 1)
        size: int = field(default=8)  # @nni.choice(8, 16, name=default)
        ema: bool = False  # @nni.choice(True, False)
    config = make(Config)
    # @nni.report_final_result(config.size)
    """
FLAGS = """
    from absl import flags
    flags.DEFINE_float("lr", default=0.1, help="rate")  # @nni.uniform(0, 1, name=default, label="lr")
    flags.DEFINE_bool("ema", default=False, help="ema")  # @nni.choice(True, False, name=default, label="ema")
    # @nni.report_final_result(1)
    """
SACRED = """
    from sacred import Experiment
    ex = Experiment()
    ex.add_config({
        "lr": 0.1,  # @nni.uniform(0, 1)
        "size": 8,  # @nni.choice(8, 16)
    })
    # @nni.report_final_result(1)
    """


def fixed_by(
    folder: Path, text: str, arguments: str, environment: dict[str, str] | None = None
) -> dict[str, str]:
    """The last part of the names of the parameters that are fixed, with what fixes each."""
    (folder / "train.py").write_text(textwrap.dedent(text), encoding="utf-8")
    compilation = compile_entry(folder / "train.py", display_root=folder)
    assert compilation.program is not None, compilation.diagnostics
    found = find_fixed(compilation.files, arguments.split(), environment or {})
    left = without_fixed(compilation.program, found.values).space
    assert {p.key for p in left} == {p.key for p in compilation.program.space} - {v.key for v in found.values}
    names = (value.key.split("/")[1] for value in found.values)
    return {name.rpartition(".")[2]: value.given.text for name, value in zip(names, found.values)}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("--learning-rate 0.5", {"learning_rate": "--learning-rate 0.5"}),
        ("--learning-rate=0.5", {"learning_rate": "--learning-rate 0.5"}),
        ("--lear .5", {"learning_rate": "--learning-rate .5"}),
        ("-l0.5", {"learning_rate": "-l 0.5"}),
        ("-l -5", {"learning_rate": "-l -5"}),
        ("--layers 1 2 --width 3", {"layers": "--layers 1 2"}),
        ("--no-ema", {"ema": "--no-ema"}),
        ("--plain", {"norm": "--plain"}),
        ("3", {"depth": "3"}),
        ("--width 3", {}),
        ("--width --lear", {}),  # the script refuses these, and nothing is claimed of them
        ("--l 3", {}),  # --learning-rate or --layers
        ("", {}),
    ],
)
def test_options_of_argparse(tmp_path: Path, arguments: str, expected: dict[str, str]) -> None:
    text = PLAIN.replace("SETTINGS", "").replace("GIVEN", "")
    assert fixed_by(tmp_path, text, arguments) == expected


def test_settings_of_the_parser_count(tmp_path: Path) -> None:
    text = PLAIN.replace("GIVEN", "")
    assert fixed_by(tmp_path, text.replace("SETTINGS", "allow_abbrev=False"), "--lear=.5") == {}
    plus = text.replace("SETTINGS", "prefix_chars='+'").replace('"--', '"++').replace('"-l', '"+l')
    assert list(fixed_by(tmp_path, plus, "++lear=.5 +l.5")) == ["learning_rate"]
    listed = tmp_path / "given.txt"
    listed.write_text("--learning-rate=0.5\n", encoding="utf-8")
    at = text.replace("SETTINGS", "fromfile_prefix_chars='@'")
    assert fixed_by(tmp_path, at, f"@{listed}") == {"learning_rate": "--learning-rate 0.5"}


@pytest.mark.parametrize(
    ("given", "reads"),
    [
        ("[]", False),
        ('["--width", "3"]', False),
        ('"--width 3".split()', False),
        ("args=[]", False),
        ("sys.argv[1:]", True),
        ("argv", True),
        ("None", True),
    ],
)
def test_arguments_that_the_script_gives_by_itself_fix_nothing(
    tmp_path: Path, given: str, reads: bool
) -> None:
    text = PLAIN.replace("SETTINGS", "").replace("GIVEN", given)
    assert bool(fixed_by(tmp_path, text, "--lear .5")) is reads


@pytest.mark.parametrize(
    ("text", "arguments", "expected"),
    [
        (SUBCOMMANDS, "train --lr 0.5", {"lr": "--lr 0.5"}),
        (SUBCOMMANDS, "fit --l 0.5", {"lr": "--lr 0.5"}),
        (SUBCOMMANDS, "evaluate --lr 0.5", {"scale": "--lr 0.5"}),
        (SUBCOMMANDS, "train", {}),
        (ELSEWHERE, "--lr 0.5", {"lr": "--lr 0.5"}),
        (ELSEWHERE, "--si 16 --drop=0", {"size": "--size 16", "drop": "--drop 0"}),
        (ELSEWHERE, "--seed 7", {"seed": "--seed 7"}),
        (CLICK, "--lr 0.5 --no-shout", {"lr": "--lr 0.5", "shout": "--no-shout"}),
        (CLICK, "-r.5 16", {"lr": "-r .5", "size": "16"}),
        (CLICK, "--l 0.5", {"size": "0.5"}),  # click knows no abbreviations
        (
            TYPER,
            "train --lr 0.5 --batch-size 64",
            {"learning_rate": "--lr 0.5", "batch_size": "--batch-size 64"},
        ),
        (TYPER, "train 16 --no-shout", {"size": "16", "shout": "--no-shout"}),
        (TYPER, "train --drop=0", {"drop": "--drop 0"}),
        (TYPER, "show", {}),
        (FIRE, "--lr 0.5", {"lr": "--lr 0.5"}),
        (FIRE, "--batch-size=64", {"batch_size": "--batch-size=64"}),
        (FIRE, "-b 64 --nonesterov", {"batch_size": "-b 64", "nesterov": "--nonesterov"}),
        (FIRE, "data.npz 0.5", {"lr": "0.5"}),
        (FIRE, "--data=y", {}),
        (FIELDS.replace("LIBRARY", "tyro"), "--learning-rate 1 --no-ema", None),
        (FIELDS.replace("LIBRARY", "transformers"), "--learning_rate 1 --ema", None),
        (FIELDS.replace("LIBRARY", "hydra"), "model.learning_rate=1 ema=True", None),
        (FIELDS.replace("LIBRARY", "numpy"), "--learning_rate 1", {}),
        (FLAGS, "--lr=0.5 --noema", {"lr": "--lr=0.5", "ema": "--noema"}),
        (SACRED, "with lr=0.5", {"add_config['lr']": "lr=0.5"}),
    ],
)
def test_other_command_lines(
    tmp_path: Path, text: str, arguments: str, expected: dict[str, str] | None
) -> None:
    found = fixed_by(tmp_path, text, arguments)
    if expected is None:
        assert set(found) == {"learning_rate", "ema"}
    else:
        assert found == expected


def test_a_variable_that_an_option_names(tmp_path: Path) -> None:
    assert fixed_by(tmp_path, CLICK, "", {"DEPTH": "3", "PATH": "x"}) == {"depth": "DEPTH=3"}


CONSTRAINED = """
    import argparse
    parser = argparse.ArgumentParser()
    parser.add_argument("--low", type=float, default=0.1)  # @nni.uniform(0, 1)
    parser.add_argument("--high", type=float, default=0.5)  # @nni.uniform(0, 1)
    parser.add_argument("--size", type=int, default=8)  # @nni.choice(8, 16)
    parser.add_argument("--epochs", type=int, default=9)  # @nni.budget(1, 9)
    parser.add_argument("--state", default="last")  # @nni.checkpoint()
    args = parser.parse_args()
    # @nni.constraint(low < high)
    # @nni.constraint(low < size * 2)
    # @nni.report_final_result(args.low)
    """


def test_what_is_fixed_is_no_part_of_the_program_any_more(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(textwrap.dedent(CONSTRAINED), encoding="utf-8")
    compilation = compile_entry(tmp_path / "train.py", display_root=tmp_path)
    assert compilation.program is not None, compilation.diagnostics
    found = find_fixed(compilation.files, ["--low", "-0.25", "--epochs", "3", "--state=x"], {})
    kept = without_fixed(compilation.program, found.values)
    assert [parameter.name for parameter in kept.space] == ["high", "size"]
    assert (kept.fidelity, kept.checkpoint) == (None, "")
    assert [(c.expression, dict(c.names).keys()) for c in kept.constraints] == [
        ("-0.25 < high", {"high"}),
        ("-0.25 < size * 2", {"size"}),
    ]
    messages = [diagnostic.message for diagnostic in found.diagnostics]
    assert messages[1] == "the budget epochs is fixed by your arguments: --epochs 3, and is not searched"


TIED = """
    import argparse
    lr = 0.1  # @nni.uniform(0, 1, label="rate")
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=0.1)  # @nni.uniform(0, 1, label="rate")
    args = parser.parse_args()
    # @nni.report_final_result(args.lr)
    """


def test_a_parameter_that_is_annotated_elsewhere_too_is_searched_on(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(textwrap.dedent(TIED), encoding="utf-8")
    files = compile_entry(tmp_path / "train.py", display_root=tmp_path).files
    found = find_fixed(files, ["--lr", "0.5"], {})
    assert found.values == ()
    assert "it is still searched at its other annotations" in found.diagnostics[0].message
