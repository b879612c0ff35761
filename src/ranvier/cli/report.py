"""`ranvier report`."""

from __future__ import annotations

from typing import Annotated

import typer

from ranvier import garbage
from ranvier.cli.errors import say
from ranvier.cli.options import Debug, Model


def report(
    model: Model,
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="DATA",
            help="rows with a target to judge the model on: a file or a built-in set "
            "(default: the rows that its run held out)",
        ),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="where to (default: report.html in the run's folder, or report-DATA.html there)",
        ),
    ] = None,
    debug: Debug = False,
) -> None:
    """Write a page about a model: its score, what it looks at, where it fails, how it learned.

    The page is one file and needs no network: ranvier report runs/flights-1 july.csv
    """
    with garbage.importing():
        from ranvier.cli import reading
        from ranvier.runs import reporting

    with reading.shown():
        place, notes = reporting.report(model, source, out)
    for note in notes:
        say(f"note: {note}")
    say(f"the report lies in {place}")
