"""`ranvier explain`."""

from __future__ import annotations

from typing import Annotated

import typer

from ranvier import garbage
from ranvier.cli.errors import say
from ranvier.cli.options import Debug, Model


def explain(
    model: Model,
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="SOURCE",
            help="rows to explain: a file or a built-in set (default: those that its run held out)",
        ),
    ] = None,
    rows: Annotated[
        int,
        typer.Option(
            "--rows", metavar="N", min=1, help="how many, from the first; of a book passages"
        ),
    ] = 5,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="where to: .html for texts and sequences, .png for sequences and pictures "
            "(default: the terminal)",
        ),
    ] = None,
    debug: Debug = False,
) -> None:
    """Show what moved each prediction: words, steps, pixels or columns, for and against it.

    Of a model of language: where a text surprises it.
    """
    with garbage.importing():
        from ranvier.cli import reading
        from ranvier.runs import explaining

    with reading.shown():
        found = explaining.explain(model, source, rows)
    if out is None:
        explaining.show(found)
    else:
        explaining.write(found, out)
        say(f"{len(found):,} row{'s' * (len(found) != 1)} explained in {out}")
