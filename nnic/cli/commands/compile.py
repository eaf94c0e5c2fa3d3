"""``nnic compile``: the search space and the trial program."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nnic.cli.app import Format, FormatOption, app
from nnic.cli.errors import CommandError
from nnic.cli.findings import print_wanted
from nnic.cli.python_option import PythonOption, surroundings
from nnic.project.home import home_of_run

if TYPE_CHECKING:
    from nnic.api import Compilation


@app.command("compile")
def compile_(
    target: Annotated[str, typer.Argument(metavar="SCRIPT|FOLDER", help="A script, or a folder of code.")],
    out: Annotated[
        Path | None, typer.Option(help="Where to write. [default: .nnic/build/NAME]", show_default=False)
    ] = None,
    code_dir: Annotated[
        Path | None,
        typer.Option(
            help="The folder of all files of the program. [default: the folder of the script or package]"
        ),
    ] = None,
    python: PythonOption = None,
    diff: Annotated[bool, typer.Option("--diff", help="Show what compiling changes; write nothing.")] = False,
    params: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the script of one trial, with the values of this JSON file: {name: value}, or what "
            "`nnic best --format json` prints. `--out -` prints the script.",
            show_default=False,
        ),
    ] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Write the search space and the trial program.

    With --params, write the script of one trial: plain Python without annotations.
    """
    from nnic.api import compile_program, write_program

    if params is not None:
        from nnic.cli.trial_script import write_trial_script

        write_trial_script(
            target,
            params,
            out,
            code_dir=code_dir,
            around=surroundings(python, target),
            diff=diff,
            format=format,
        )
        return
    home = home_of_run(Path(target))
    if out is None:
        out = home / "build" / (Path(target).resolve().name.removesuffix(".py"))
    compilation = compile_program(
        target, code_dir=code_dir, excluded=(out,), surroundings=surroundings(python, target)
    )
    print_wanted(compilation.diagnostics)
    program = compilation.program
    assert program is not None
    if diff:
        sys.stdout.write(_diff(compilation))
        return
    if out.is_relative_to(home):
        from nnic.runtime.config import ensure_home

        ensure_home(home)
    try:
        write_program(compilation, out, export=True, excluded=(home,))
    except FileExistsError as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(f"can't write {out}: {error.strerror}; choose another --out") from None
    if format is Format.JSON:
        from nnic.cli.output import print_json

        print_json(
            {
                "out": str(out),
                "files": [f.path for f in program.files],
                "search_space": program.space.to_nni(),
            }
        )
    else:
        from nnic.screens.program import render_program

        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        print(render_program(program, out, width))


def _diff(compilation: Compilation) -> str:
    from nnic.api import unified_diff

    return "".join(
        unified_diff(file.path, file.text, file.compiled_text, context=0)
        for file in compilation.files
        if file.annotated
    )
