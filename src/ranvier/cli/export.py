"""`ranvier export`."""

from __future__ import annotations

from typing import Annotated

import typer

from ranvier import garbage
from ranvier.cli.errors import say
from ranvier.cli.options import Debug, Model


def export(
    model: Model,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="PATH",
            help="where to; the suffix tells the format (default: beside the model)",
        ),
    ] = None,
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="NAME",
            help="onnx, keras, saved_model, litert, stablehlo, safetensors, huggingface, source",
        ),
    ] = None,
    check: Annotated[
        str | None,
        typer.Option(
            "--check",
            metavar="SOURCE",
            help="rows on which the file has to answer as the model (default: the first of "
            "the run's source, where it is at hand, or made-up ones)",
        ),
    ] = None,
    debug: Debug = False,
) -> None:
    """Write a model in a form that others run; it is tried before it is kept."""
    with garbage.importing():
        from ranvier.cli import reading
        from ranvier.runs import exporting

    with reading.shown():
        found = exporting.export(model, out, format, check)
    say(f"{found.path} · {found.words}")
    if found.beside is not None:
        say(f"{found.beside} says what goes in and what comes out")
