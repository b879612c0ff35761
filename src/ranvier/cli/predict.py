"""`ranvier predict`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Annotated

import typer

from ranvier import garbage
from ranvier.cli.errors import STOPPED, say
from ranvier.cli.options import Debug, Model, Source

if TYPE_CHECKING:
    from ranvier.model import Model as Fitted


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
    max_memory: Annotated[
        str | None,
        typer.Option(
            "--max-memory",
            metavar="TEXT",
            help="a table that would take more to read at once, such as '2 GB', is predicted in "
            "pieces (default: as in training, 4 GB)",
        ),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="go on with the predictions in --out that were broken off"),
    ] = False,
    debug: Debug = False,
) -> None:
    """Predict for new rows, in their order."""
    with garbage.importing():
        from ranvier.cli import reading
        from ranvier.runs import painting, prediction, streamed

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
    if streamed.is_meant(fitted, source, place, max_memory, resume):
        assert place is not None
        _in_pieces(fitted, model, source, place, proba, max_memory, resume)
        return
    with reading.shown():
        frame = prediction.predict(fitted, source, proba=proba)
    if place is None:
        sys.stdout.write(frame.write_csv())
        sys.stdout.flush()
    else:
        prediction.write(frame, place)
        say(f"{frame.height:,} predictions in {place}")


def _in_pieces(
    fitted: Fitted,
    model: str,
    source: str,
    place: Path,
    proba: bool,
    max_memory: str | None,
    resume: bool,
) -> None:
    """A table larger than memory, into a file that grows."""
    from ranvier.cli import rows
    from ranvier.runs import streamed
    from ranvier.runs.folder import find_model

    say(streamed.announced(fitted, source, max_memory))
    with rows.shown() as told:
        done = streamed.predict(
            fitted, find_model(model), source, place, proba=proba, resume=resume, told=told
        )
    if not done.interrupted:
        say(f"{done.rows:,} predictions in {place}")
        return
    words = ["ranvier", "predict", model, source, "--out", str(place), *["--proba"] * proba]
    words += [] if max_memory is None else ["--max-memory", max_memory]
    say(f"interrupted after {done.rows:,} of {done.total:,} rows, which are kept in {place}.part")
    say(f"go on     {shlex.join([*words, '--resume'])}")
    raise typer.Exit(STOPPED)
