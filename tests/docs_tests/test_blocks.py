"""Every fenced block of the documentation compiles, and every command in it exists with its options."""

from __future__ import annotations

import importlib
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from documentation import ROOT, Block, blocks_of, commands_of, inline_commands, pages

from nnic.annotations.kinds import SAMPLERS
from nnic.cli import COMMANDS
from nnic.cli.app import app
from nnic.compile.compile_source import compile_source
from nnic.source import SourceFile

# The names that the snippets of the guides take for granted. README's scripts are whole.
PREAMBLE = "from somewhere import *\n"
BLOCKS = [block for page in pages() for block in blocks_of(page)]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
# What a person puts in place of these words, and what brackets may hold.
FILLED = {
    "EXP": "train-1a2b",
    "N": "3",
    "NAME": "tpe",
    "FILE": "results.csv",
    "CODE": "NNI101",
    "PATHS": "train.py",
}


def in_language(*languages: str) -> list[Any]:
    return [pytest.param(block, id=str(block)) for block in BLOCKS if block.language in languages]


def test_every_block_says_what_it_is() -> None:
    known = {"python", "console", "toml", "yaml", "text"}
    assert [str(block) for block in BLOCKS if block.language not in known] == []
    assert {block.language for block in BLOCKS} == known


@pytest.mark.parametrize("block", in_language("python"))
def test_a_python_block_compiles(block: Block) -> None:
    compile(block.text, str(block), "exec")
    if "nni." not in block.text or "import nnic\n" in block.text:
        return
    text = block.text if block.page == "README.md" else PREAMBLE + block.text
    result = compile_source(SourceFile.decode(text.encode(), "guide.py"), "guide")
    assert [f"{d.code} {d.excerpt}" for d in result.diagnostics if d.severity.value != "note"] == []
    assert result.emission is not None
    assert result.emission.edits


@pytest.mark.parametrize("block", in_language("toml", "yaml", "text"))
def test_a_data_block_parses(block: Block) -> None:
    if block.language == "toml":
        assert tomllib.loads(block.text)
    elif block.language == "yaml":
        assert yaml.safe_load(block.text)
    else:
        assert not re.search(r"^(\$|(nnic|make|python|pip) )", block.text, re.M), "this block is a console's"


@pytest.mark.parametrize("block", in_language("console"))
def test_the_commands_of_a_console_exist(block: Block) -> None:
    commands = commands_of(block)
    assert commands
    for words in commands:
        check_command(words)


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_the_commands_within_sentences_exist(page: Path) -> None:
    for words in inline_commands(page):
        # A sentence may name a command alone, or one of its options without a value.
        check_command(words, whole=False)


def check_command(words: list[str], whole: bool = True) -> None:
    """Check that a command's name, options and files exist, without running it."""
    words = [FILLED.get(word.strip("[]"), word.strip("[]")) for word in words]
    words = [word for word in words if "=" not in word or not word.split("=")[0].isupper()]
    program, *rest = words
    if program in ("nnic", ".venv/bin/nnic"):
        check_nnic(rest, whole)
    elif program == "make":
        assert set(rest) <= TARGETS | {".venv/.installed"}, words
    elif program.endswith("python") and rest[:1] != ["-m"]:
        # A script of the user's, or one that is in the repository.
        assert rest[0] == "train.py" or (ROOT / rest[0]).is_file(), words
    else:
        assert program in {"pip", "git", "cd", "pytest"} or rest[:1] == ["-m"], words


def check_nnic(arguments: list[str], whole: bool) -> None:
    command = nnic_command()
    if arguments and not arguments[0].startswith("-"):
        name, *arguments = arguments
        assert name in command.commands, name
        command = command.commands[name]
        if whole:
            command.make_context(name, list(arguments))
            return
    options = {
        option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
    }
    before_script = arguments[: arguments.index("--")] if "--" in arguments else arguments
    given = {word.split("=")[0] for word in before_script if word.startswith("-")}
    assert given <= options | {"--help"}, given - options


@cache
def nnic_command() -> Any:
    for name in COMMANDS:
        importlib.import_module(
            f"nnic.cli.commands.{name}_" if name == "import" else f"nnic.cli.commands.{name}"
        )
    return typer.main.get_command(app)


def test_the_guide_has_its_examples() -> None:
    assert sum(block.page == "docs/annotations.md" and block.language == "python" for block in BLOCKS) >= 10


def test_the_guide_names_every_sampler() -> None:
    guide = (ROOT / "docs" / "annotations.md").read_text(encoding="utf-8")
    assert all(f"`{sampler}(" in guide for sampler in SAMPLERS)
