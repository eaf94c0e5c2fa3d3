"""``nnic compile --params``: one trial's script, plain Python without nnic."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from nnic.cli.app import Format
from nnic.cli.errors import CommandError, UsageError
from nnic.project.home import home_of_run
from nnic.runtime.errors import WrongInputError

if TYPE_CHECKING:
    from nnic.api import Compilation
    from nnic.project.search_path import Surroundings
    from nnic.tuners.space import Value


def write_trial_script(
    target: str,
    params: Path,
    out: Path | None,
    *,
    code_dir: Path | None,
    around: Surroundings,
    diff: bool,
    format: Format,
) -> None:
    """Write the program at ``target`` with the values of the file ``params`` and without annotations.

    ``around`` is where its imports are looked for.

    Raises
    ------
    UsageError
        When a value is none that its parameter can have.
    CommandError
        When the result can't be written where it is wanted.
    """
    from nnic.api import apply_values, compile_program, read_params, unified_diff

    home = home_of_run(Path(target))
    printed = out is not None and str(out) == "-"
    if out is None:
        out = home / "build" / (Path(target).resolve().name.removesuffix(".py") + "-trial")
    compilation = compile_program(
        target, code_dir=code_dir, excluded=() if printed else (out,), quiet=True, surroundings=around
    )
    assert compilation.program is not None
    try:
        config = read_params(params, compilation.program.space)
    except WrongInputError as error:
        raise UsageError(f"--params {error}") from None
    try:
        changed = apply_values(compilation, config, strip=True)
    except ValueError as error:
        raise CommandError(f"{error}; nothing was written") from None
    if diff:
        files = [file for file in compilation.files if file.path in changed]
        sys.stdout.write("".join(unified_diff(f.path, f.text, changed[f.path]) for f in files))
    elif printed:
        _print_script(target, compilation, changed)
    else:
        _write(compilation, config, out, home, format)


def _print_script(target: str, compilation: Compilation, changed: Mapping[str, str]) -> None:
    """Print the one file that values go into, byte for byte as it would be written."""
    entry = compilation.files[0]
    others = [path for path in changed if path != entry.path]
    if not compilation.entry or others:
        where = f"values go into {', '.join(others)} too" if compilation.entry else f"{target} is a folder"
        raise UsageError(f"--out - prints one file, but {where}; give --out a folder")
    data = entry.encoded(changed[entry.path]) if entry.path in changed else entry.data
    sys.stdout.flush()
    sys.stdout.buffer.write(data)


def _write(
    compilation: Compilation, config: Mapping[str, Value], out: Path, home: Path, format: Format
) -> None:
    from nnic.api import write_script

    if out.is_relative_to(home):
        from nnic.runtime.config import ensure_home

        ensure_home(home)
    try:
        write_script(compilation, config, out, excluded=(home,))
    except FileExistsError as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(f"can't write {out}: {error.strerror}; choose another --out") from None
    if format is Format.JSON:
        from nnic.cli.output import print_json

        files = [file.path for file in compilation.files]
        print_json({"out": str(out), "files": files, "parameters": dict(config)})
        return
    print(f"script      {out / 'code' / (compilation.entry or '')}")
    print(f"parameters  {out / 'parameters.json'}")
