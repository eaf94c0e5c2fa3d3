"""The command line: one command, one file.

A command imports what it needs when it runs, so that ``nnic lint`` starts without numpy, rich or
the runtime.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from nnic.cli.app import app
from nnic.cli.errors import INTERNAL, INTERRUPTED, CommandError, report_bug


def main(arguments: Sequence[str] | None = None) -> None:
    """Run ``nnic`` with ``arguments`` (default: the process's own) and exit with its status."""
    try:
        app(args=arguments, prog_name="nnic")
    except CommandError as error:
        print(f"nnic: {error}", file=sys.stderr)
        sys.exit(error.status)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # `nnic trials | head`: the reader has what it wanted.
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        report_bug(error)
        sys.exit(INTERNAL)
