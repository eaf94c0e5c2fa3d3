"""The command line: one command, one file.

Importing a command's file registers it, and only the file of the command that was typed is imported:
to build all of them takes longer than most need to run. What a command itself needs it imports when it
runs, so that ``nnic lint`` starts without numpy, rich or the runtime.
"""

from __future__ import annotations

import errno
import gc
import importlib
import io
import os
import sys
from collections.abc import Sequence

_set_lazy_imports = getattr(sys, "set_lazy_imports", None)
if _set_lazy_imports is not None:
    # Since 3.15 a user may have all imports done lazily. What a package takes from its file of the same
    # name would then be the file. Their scripts get from the environment what they want.
    _set_lazy_imports("normal")

# Nothing of what is loaded here is garbage, and to look for some takes a twelfth of the time of nnic lint.
_collects = gc.isenabled()
gc.disable()

from nnic.cli.app import app, remember, typed  # noqa: E402
from nnic.cli.errors import (  # noqa: E402
    FINDINGS,
    INTERNAL,
    INTERRUPTED,
    check_working_directory,
    describe_surroundings,
    print_error,
    report_bug,
    status_of,
)
from nnic.runtime.errors import ExplainedError  # noqa: E402
from nnic.screens.speech import speak_in_terminal  # noqa: E402

if _collects:
    gc.enable()

# In the order in which `nnic --help` lists them.
COMMANDS = (
    "lint",
    "explain",
    "compile",
    "tuners",
    "run",
    "status",
    "trials",
    "logs",
    "best",
    "importance",
    "apply",
    "export",
    "import",
    "stop",
    "resume",
    "update",
    "enqueue",
    "retry",
    "discard",
    "clean",
    "backup",
    "doctor",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run ``nnic`` with ``arguments`` (default: the process's own) and exit with its status."""
    speak_in_terminal()
    remember(sys.argv[1:] if arguments is None else arguments)
    _register_commands(typed())
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without the characters of a curve
            stream.reconfigure(errors="replace")
    try:
        check_working_directory(typed())
        _run(arguments)
    except ExplainedError as error:
        print_error(error)
        sys.exit(status_of(error))
    except KeyboardInterrupt:
        print("nnic: interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except Exception as error:
        text = describe_surroundings(error)
        if text is not None:
            print(f"nnic: {text}", file=sys.stderr)
            sys.exit(FINDINGS)
        report_bug(error)
        sys.exit(INTERNAL)


def _run(arguments: Sequence[str] | None) -> None:
    """Run a command and exit with its status, which is 0 when the reader of a pipe has what it wanted.

    That is told by an error of the write, of which click makes the status 1, or of the last flush.
    """
    try:
        app(args=arguments, prog_name="nnic")
    except SystemExit as end:
        if _is_broken_pipe(end.__context__):
            sys.exit(0)
        try:
            if sys.stdout is not None:
                sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise


def _is_broken_pipe(error: BaseException | None) -> bool:
    return isinstance(error, OSError) and error.errno == errno.EPIPE


def _register_commands(arguments: Sequence[str]) -> None:
    """Import the command that ``arguments`` begin with, or all of them for what is about all or none."""
    names = arguments[:1] if arguments and arguments[0] in COMMANDS else COMMANDS
    for name in names:
        importlib.import_module(_module_of(name))
    # Listed in the order of COMMANDS, not in that of the imports that registered them.
    order = {_module_of(name): position for position, name in enumerate(COMMANDS)}
    app.registered_commands.sort(key=lambda command: order[getattr(command.callback, "__module__", "")])


def _module_of(name: str) -> str:
    return f"nnic.cli.commands.{name}_" if name == "import" else f"nnic.cli.commands.{name}"
