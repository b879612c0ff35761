"""`ranvier predict`."""

from __future__ import annotations

import sys
from pathlib import PurePath
from typing import Annotated

import typer

from ranvier import garbage
from ranvier.cli.errors import say
from ranvier.cli.options import Debug, Model, Source


def predict(
    model: Model,
    source: Source,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="where to: .csv, .tsv, .parquet, .feather, .npz or .jsonl "
            "(default: the output, as CSV); a folder for a model that makes pictures",
        ),
    ] = None,
    proba: Annotated[
        bool, typer.Option("--proba", help="add a column with the probability of each class")
    ] = False,
    debug: Debug = False,
) -> None:
    """Predict for new rows, in their order."""
    with garbage.importing():
        from ranvier.cli import reading
        from ranvier.runs import painting, prediction

    if out is not None and PurePath(out).suffix:
        prediction.check_place(out)  # before any work is done
    fitted = prediction.fitted(model)
    if painting.paints(fitted):
        folder = painting.check_folder(out)
        with reading.shown():
            count = painting.paint(fitted, source, folder)
        say(f"{count:,} pictures in {folder}")
        return
    place = None if out is None else prediction.check_place(out)
    with reading.shown():
        frame = prediction.predict(fitted, source, proba=proba)
    if place is None:
        sys.stdout.write(frame.write_csv())
        sys.stdout.flush()
    else:
        prediction.write(frame, place)
        say(f"{frame.height:,} predictions in {place}")
