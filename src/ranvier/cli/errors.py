"""How commands end: a mistake is one line and exit code 1, Ctrl-C is 130, a warning is a note."""

from __future__ import annotations

import os
import sys
import warnings
from typing import Any, TextIO

import typer
from typer.core import TyperGroup

from ranvier.errors import DataWarning, RanvierError
from ranvier.runs.spelling import flagged

MISTAKE, STOPPED = 1, 130  # 128 + SIGINT
DEBUG = "ranvier.debug"  # key in the context's shared notes


class Commands(TyperGroup):
    """The group of commands, inside which every error ends as a person should see it."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        with warnings.catch_warnings():
            debug = "--debug" in (*ctx.args, *getattr(ctx, "_protected_args", ()))
            if not debug:
                warnings.simplefilter("ignore")
            warnings.simplefilter("always", DataWarning)
            warnings.showwarning = _show
            try:
                return super().invoke(ctx)
            except KeyboardInterrupt:
                say("stopped")
                raise typer.Exit(STOPPED) from None
            except BrokenPipeError:
                # Whoever read our output has had enough. Python flushes once more at its end.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                raise typer.Exit(0) from None
            except (RanvierError, OSError, MemoryError) as error:
                if debug:
                    raise
                say(f"error: {sentence(error)}")
                raise typer.Exit(MISTAKE) from None


def say(text: str) -> None:
    """A line on standard error."""
    print(text, file=sys.stderr, flush=True)


def sentence(error: BaseException) -> str:
    """An error's message in one line, hyperparameters spelled as flags."""
    if isinstance(error, OSError) and not isinstance(error, RanvierError):
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror or error}"
    if isinstance(error, MemoryError):
        return "there is not enough memory for these data."
    return flagged(" ".join(str(error).split()))


def _show(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    if issubclass(category, DataWarning):
        say(f"note: {flagged(str(message))}")
    else:
        say(warnings.formatwarning(message, category, filename, lineno, line).rstrip())
