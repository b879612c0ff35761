"""`ranvier train`."""

from __future__ import annotations

import csv
import shlex
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ranvier import garbage
from ranvier.cli import rendering
from ranvier.cli.errors import MISTAKE, STOPPED, say
from ranvier.cli.flags import with_hyperparameters
from ranvier.cli.options import Debug, Json
from ranvier.runs import families
from ranvier.runs.spelling import flag, flagged

if TYPE_CHECKING:
    from ranvier.runs.training import Result
    from ranvier.training.progress import Display

NAMES = ", ".join((families.AUTO, *families.names()))


@with_hyperparameters
def train(
    *,
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="SOURCE",
            help="a file (.csv, .tsv, .txt, .parquet, .feather, .npz, IDX), a folder of pictures "
            "or .wav files by class, of .csv, .parquet or .feather files, a text (.txt, .md) to "
            "learn its language, or a built-in set (see: ranvier datasets)",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(metavar="NAME", help=f"family of network: {NAMES} (default: auto)"),
    ] = None,
    target: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN",
            help="what to predict, several by repeating it or with commas "
            "(default: target, label, class or y, else the last column)",
        ),
    ] = None,
    test_fraction: Annotated[
        float | None,
        typer.Option(
            metavar="FLOAT",
            help="share of the rows held out to test on (default: 0.2; of a text its last tenth)",
        ),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(metavar="DIR", help="folder of the run (default: runs/SOURCE-NUMBER)"),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="go on from the last checkpoint of the run in --out"),
    ] = False,
    no_report: Annotated[
        bool, typer.Option("--no-report", help="write no report.html into the run's folder")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="show the result only")] = False,
    json: Json = False,
    debug: Debug = False,
    settings: dict[str, Any],
) -> None:
    """Train a network on a table, pictures or texts, and leave a run folder with the model.

    ranvier train digits · ranvier train flights.csv --target arr_delay · ranvier train photos/
    """
    with garbage.importing():
        from ranvier.cli import reading
        from ranvier.runs.request import Request
        from ranvier.runs.training import train as run

    request = Request(
        source=source,
        targets=_targets(target or []),
        family=model,
        test_fraction=test_fraction,
        settings=settings,
        out=out,
        resume=resume,
        report=not no_report,
    )
    display = None if quiet else _display(json)
    try:
        with nullcontext() if quiet else reading.shown():
            result = run(request, display)
    finally:
        if display is not None:
            display.close()
    if json:
        rendering.emit_json(result.plain())
    else:
        _show(result)
    if result.problem:
        say(f"error: {flagged(result.problem)}")
    if result.interrupted:
        raise typer.Exit(STOPPED)
    if result.problem:
        raise typer.Exit(MISTAKE)


def _targets(typed: list[str]) -> tuple[str, ...]:
    """`--target a,b --target '"c,d"'` as ("a", "b", "c,d")."""
    return tuple(name.strip() for row in csv.reader(typed) for name in row if name.strip())


def _display(json: bool) -> Display:
    from rich.console import Console

    from ranvier.training.progress import Display

    return Display(Console(stderr=json, highlight=False), spell=flag, translate=flagged)


def _show(result: Result) -> None:
    if result.scores is None:
        rendering.emit(
            "no rows were held out, so there is no score; --test-fraction holds some out"
        )
    else:
        where = f"{result.scores.things} never seen"
        rendering.emit(rendering.scores(result.scores, where))
    rendering.emit()
    folder = shlex.quote(str(result.folder))
    files = ["model.ranvier", "history.jsonl", "checkpoints"]
    if result.report is not None:
        files.insert(1, result.report.name)
    rendering.emit_lines([("run", f"{folder}   {' · '.join(files)}")])
    if result.interrupted:
        rendering.emit_lines([("go on", f"ranvier train --resume --out {folder}")])
    if result.model is None:
        return
    model = folder if result.model.parent == result.folder else shlex.quote(str(result.model))
    commands = _next(result.task, model)
    labels = ("next", *[""] * (len(commands) - 1))
    rendering.emit_lines(list(zip(labels, commands, strict=True)))


def _next(task: str, model: str) -> list[str]:
    """Commands that use the model."""
    if task == "language_model":
        first = [f'ranvier generate {model} --prompt "..."', f"ranvier evaluate {model} new.txt"]
    elif task == "masked_language_model":
        first = [f"ranvier evaluate {model} new.txt"]
    elif task == "generation":
        first = [f"ranvier generate {model} --out samples.png", f"ranvier report {model}"]
    elif task == "super_resolution":
        first = [f"ranvier generate {model} --input photo.png", f"ranvier report {model}"]
    elif task == "reconstruction":
        first = [f"ranvier {command} {model} new.csv" for command in ("predict", "evaluate")]
        first.append(f"ranvier generate {model}")
    else:
        commands = ("predict", "evaluate", "report")
        first = [f"ranvier {command} {model} new.csv" for command in commands]
    return [*first, f"ranvier info {model}"]
