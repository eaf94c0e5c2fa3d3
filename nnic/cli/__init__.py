"""The command line: one command, one file.

A command imports what it needs when it runs, so that ``nnic lint`` starts without numpy, rich or
the runtime.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence

from nnic.cli import (
    apply,
    backup,
    best,
    clean,
    compile,
    doctor,
    enqueue,
    explain,
    export,
    import_,
    importance,
    lint,
    logs,
    resume,
    retry,
    run,
    status,
    stop,
    trials,
    tuners,
    update,
)
from nnic.cli.app import app
from nnic.cli.errors import FINDINGS, INTERNAL, INTERRUPTED, CommandError, describe_surroundings, report_bug

# In the order in which `nnic --help` lists them; importing them registered them.
COMMANDS = (
    lint,
    explain,
    compile,
    tuners,
    run,
    status,
    trials,
    logs,
    best,
    importance,
    apply,
    export,
    import_,
    stop,
    resume,
    update,
    enqueue,
    retry,
    clean,
    backup,
    doctor,
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run ``nnic`` with ``arguments`` (default: the process's own) and exit with its status."""
    _order_commands()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without the characters of a curve
            stream.reconfigure(errors="replace")
    try:
        app(args=arguments, prog_name="nnic")
    except CommandError as error:
        print(f"nnic: {error}", file=sys.stderr)
        sys.exit(error.status)
    except KeyboardInterrupt:
        print("nnic: interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # `nnic trials | head`: the reader has what it wanted.
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        text = describe_surroundings(error)
        if text is not None:
            print(f"nnic: {text}", file=sys.stderr)
            sys.exit(FINDINGS)
        report_bug(error)
        sys.exit(INTERNAL)


def _order_commands() -> None:
    """List the commands in the order of COMMANDS, not in that of the imports that registered them."""
    order = {module.__name__: position for position, module in enumerate(COMMANDS)}
    app.registered_commands.sort(key=lambda command: order[getattr(command.callback, "__module__", "")])
