"""``nnic lint``: check annotations, and mend them; what the pre-commit hook runs."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nnic.cli.app import app
from nnic.cli.errors import FINDINGS, UsageError
from nnic.runtime.text import counted

if TYPE_CHECKING:
    from nnic.check.check_paths import LintOptions
    from nnic.check.fix_paths import FixedFile
    from nnic.findings.diagnostics import Diagnostic


class LintFormat(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


@app.command()
def lint(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATHS]", help="Files and folders. [default: .]")
    ] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Make the fixes that are safe.")] = False,
    unsafe_fixes: Annotated[
        bool,
        typer.Option("--unsafe-fixes", help="With --fix or --diff: also the fixes that are only suggested."),
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what --fix would change; write nothing.")
    ] = False,
    select: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODES",
            help="Report only these codes, separated by commas. NNI1 means all that begin with it.",
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar="CODES", help="Do not report these codes. May be repeated.")
    ] = None,
    force_exclude: Annotated[
        bool, typer.Option("--force-exclude", help="Skip excluded files also when they are named.")
    ] = False,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Check every file again, and do not store the results.")
    ] = False,
    format: Annotated[
        LintFormat, typer.Option("--format", help="How findings are printed.")
    ] = LintFormat.TEXT,
) -> None:
    """Check annotations, and fix them. Nothing of your code is run."""
    from nnic.api import LintOptions, check_paths
    from nnic.findings.diagnostics import Severity

    options = LintOptions(_codes("--select", select), _codes("--ignore", ignore), force_exclude)
    targets = paths or [Path()]
    if unsafe_fixes and not fix and not diff:
        raise UsageError("--unsafe-fixes goes with --fix, or with --diff to see them first")
    if diff and format is not LintFormat.TEXT:
        raise UsageError(f"--diff prints a diff; it can't be combined with --format {format.value}")
    try:
        if diff:
            _show_fixes(targets, options, unsafe_fixes)
        elif fix:
            _make_fixes(targets, options, unsafe_fixes)
        found = check_paths(targets, options=options, cache=not no_cache)
    except FileNotFoundError as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}") from None
    if not diff:
        _print(found, format)
    if not found and format is LintFormat.TEXT and sys.stdout.isatty():
        _tell_that_all_is_well(targets, options)
    if any(diagnostic.severity is not Severity.NOTE for diagnostic in found):
        raise typer.Exit(FINDINGS)


def _tell_that_all_is_well(targets: list[Path], options: LintOptions) -> None:
    """Say how much was checked; silence would leave a person in doubt, but suits a pipe or a hook."""
    from nnic.check.counting import count_checked

    files, annotations = count_checked(targets, options)
    counts = [counted(files, "file")] + ([] if annotations is None else [counted(annotations, "annotation")])
    print(", ".join([*counts, "nothing found"]))


def _codes(option: str, texts: list[str] | None) -> tuple[str, ...]:
    if not texts:
        return ()
    from nnic.findings.selection import check_code

    try:
        return tuple(check_code(code) for text in texts for code in text.split(","))
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from None


def _make_fixes(targets: list[Path], options: LintOptions, unsafe: bool) -> None:
    from nnic.api import fix_paths
    from nnic.project.writing import EditedMeanwhileError

    written = []
    for fixed in fix_paths(targets, options, unsafe=unsafe):
        try:
            fixed.write()
        except EditedMeanwhileError as error:
            print(f"nnic: {error}", file=sys.stderr)
        except OSError as error:
            print(f"nnic: {fixed.file} can't be written: {error.strerror}", file=sys.stderr)
        else:
            written.append(fixed)
    _report("fixed", written)


def _show_fixes(targets: list[Path], options: LintOptions, unsafe: bool) -> None:
    from nnic.api import fix_paths, unified_diff

    shown = []
    for fixed in fix_paths(targets, options, unsafe=unsafe):
        sys.stdout.write(unified_diff(fixed.before.path, fixed.before.text, fixed.after.text))
        shown.append(fixed)
    _report("would fix", shown)


def _report(what: str, files: list[FixedFile]) -> None:
    count = sum(fixed.count for fixed in files)
    if count:
        print(f"{what} {counted(count, 'finding')} in {counted(len(files), 'file')}", file=sys.stderr)


def _print(found: list[Diagnostic], format: LintFormat) -> None:
    if format is LintFormat.JSON:
        from nnic.cli.output import print_json
        from nnic.findings.render import render_json

        print_json(render_json(found))
    elif format is LintFormat.SARIF:
        from nnic.cli.output import print_json
        from nnic.findings.sarif import render_sarif

        print_json(render_sarif(found))
    elif format is LintFormat.GITHUB:
        from nnic.findings.github import render_github

        for diagnostic in found:
            print(render_github(diagnostic))
    else:
        from nnic.findings.render import render_text

        for diagnostic in found:
            print(render_text(diagnostic), end="\n\n")
        if found:
            print(counted(len(found), "finding"))
