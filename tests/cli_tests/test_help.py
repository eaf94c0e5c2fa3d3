"""Help pages, and what is said of options that are mistyped or that other tools have."""

from __future__ import annotations

import importlib
import shlex

import pytest
import typer

from nnic.cli import COMMANDS
from nnic.cli.app import app
from nnic.cli.help import COMMAND_GROUPS, EXAMPLES, OPTION_GROUPS
from nnic.cli.spellings import explain_option

RUN = "--trials --jobs --time --tuner --assessor --space --seed --minimize --maximize -q --quiet --name -m"


@pytest.fixture(scope="module")
def commands():
    for name in COMMANDS:
        importlib.import_module(
            f"nnic.cli.commands.{name}_" if name == "import" else f"nnic.cli.commands.{name}"
        )
    group = typer.main.get_command(app)
    return group, typer.Context(group, info_name="nnic", terminal_width=80, max_content_width=80)


def test_every_command_is_in_a_group_and_has_examples():
    grouped = [name for _, names in COMMAND_GROUPS for name in names]
    assert set(COMMANDS) <= set(grouped)
    assert set(COMMANDS) <= set(EXAMPLES)


@pytest.mark.parametrize("example", [line for lines in EXAMPLES.values() for line, _ in lines])
def test_examples_can_be_typed(commands, example):
    group, context = commands
    _, verb, *words = shlex.split(example)
    group.get_command(context, verb).make_context(verb, words, parent=context)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_page_fits_a_terminal_and_shows_every_option_once(commands, name):
    group, context = commands
    command = group.get_command(context, name)
    page = command.get_help(type(context)(command, info_name=name, parent=context))
    assert all(len(line) <= 80 for line in page.splitlines())
    assert "Examples:" in page
    assert "<str>" not in page
    options = [p for p in command.params if p.param_type_name == "option"]
    for option in options:
        name = max(option.opts, key=len)
        shown = [line for line in page.splitlines() if line.startswith("  ") and name in line.split()]
        assert shown, name
    short = command.get_short_help_str(200)
    assert len(short) <= 66, short


def test_a_group_names_no_option_twice():
    for groups in OPTION_GROUPS.values():
        names = [name for _, names in groups for name in names]
        assert len(names) == len(set(names))


# What was typed, and what is proposed for it.
SPELLINGS = {
    "train.py --n-trials 20": "nnic run train.py --trials 20",
    "train.py --num-samples=20": "nnic run train.py --trials=20",
    "--count 20 train.py": "nnic run --trials 20 train.py",
    "train.py --n-jobs 4": "nnic run train.py --jobs 4",
    "train.py --parallel 4": "nnic run train.py --jobs 4",
    "train.py --max-concurrent-trials 4": "nnic run train.py --jobs 4",
    "train.py --timeout 600": "nnic run train.py --time 600",
    "train.py --direction minimize": "nnic run train.py --minimize",
    "--direction=maximize train.py": "nnic run --maximize train.py",
    "train.py --mode min": "nnic run train.py --minimize",
    "train.py --sampler tpe": "nnic run train.py --tuner tpe",
    "train.py --pruner medianstop": "nnic run train.py --assessor medianstop",
    "train.py --study-name wide": "nnic run train.py --name wide",
    "train.py --search-space space.json": "nnic run train.py --space space.json",
    "train.py --random-state 3": "nnic run train.py --seed 3",
    "train.py --epochs 3": "nnic run train.py -- --epochs 3",
    "train.py --epochs 3 --trials 5": "nnic run train.py --trials 5 -- --epochs 3",
    "train.py --fast --trials 5 -q": "nnic run train.py --trials 5 -q -- --fast",
    "train.py --lr=0.1 -- --epochs 3": "nnic run train.py -- --lr=0.1 --epochs 3",
    "train.py --data 'my file'": "nnic run train.py -- --data 'my file'",
    "-m pkg.train --epochs 3": "nnic run -m pkg.train -- --epochs 3",
}


@pytest.mark.parametrize(("typed", "meant"), SPELLINGS.items())
def test_what_was_meant_is_proposed(typed, meant):
    words = shlex.split(typed)
    known = RUN.split()
    option = next(w.partition("=")[0] for w in words if w[0] == "-" and w.partition("=")[0] not in known)
    assert explain_option("run", option, words, known, True).endswith(f": {meant}")


def test_a_configuration_file_is_explained():
    assert "no configuration file" in explain_option("run", "--config", ["--config", "c"], RUN.split(), True)
    assert explain_option("best", "--config", ["--config", "c"], ["--format"], False) == ""


def test_a_command_proposes_only_options_that_it_has():
    assert explain_option("best", "--n-trials", ["--n-trials", "3"], ["--format"], False) == ""


def test_a_script_in_the_place_of_a_command_is_one_to_run(project):
    shown = project.nnic("train.py", "--trials", "3", status=2).stderr
    assert "nnic run train.py --trials 3" in shown
    shown = project.nnic("run", "train.py", "--epochs", "3", status=2).stderr
    assert "Options of the script come after --: nnic run train.py -- --epochs 3" in shown
