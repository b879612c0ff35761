"""`ranvier`: the commands and what they share."""

from __future__ import annotations

from typing import Annotated

import typer

from ranvier import __version__
from ranvier.cli.datasets import datasets
from ranvier.cli.errors import Commands
from ranvier.cli.evaluate import evaluate
from ranvier.cli.explain import explain
from ranvier.cli.export import export
from ranvier.cli.generate import generate
from ranvier.cli.info import info
from ranvier.cli.predict import predict
from ranvier.cli.report import report
from ranvier.cli.serve import serve
from ranvier.cli.train import train

app = typer.Typer(
    cls=Commands,
    name="ranvier",
    help="Train neural networks on your own data.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (train, predict, generate, evaluate, explain, report, export, serve, info, datasets):
    app.command()(command)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"ranvier {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="show the version"),
    ] = False,
) -> None:
    pass
