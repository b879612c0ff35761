"""The command line: it parses, makes one library call, and prints.

Nothing heavy is imported before work starts, so that help answers at once.
"""

from __future__ import annotations

import contextlib
import os
import sys


def main() -> None:
    """The `ranvier` command."""
    from ranvier.cli.app import app
    from ranvier.cli.errors import STOPPED

    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            # An arrow that a terminal cannot show must not end a run.
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        app(prog_name="ranvier")
    except SystemExit as stop:
        if stop.code == STOPPED:  # at once: threads that still work are not waited for
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(OSError, ValueError):
                    stream.flush()
            os._exit(STOPPED)
        raise
