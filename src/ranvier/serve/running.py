"""`ranvier serve`: from the names of models to a server that runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ranvier.serve import extra
from ranvier.serve.settings import Settings


def serve(models: Sequence[str | Path], settings: Settings, say: Callable[[str], None]) -> None:
    """Load and warm models, and answer requests until Ctrl-C or SIGTERM.

    Args:
        models: run folders, files or names of runs.
        settings: how to serve.
        say: is told what a person should know.

    Raises:
        MissingExtraError: a package is missing that serving needs.
        ArtifactError, DataError: a model cannot be read or served.
        HyperparameterError: a setting that cannot be, such as a port in use.
    """
    extra.check()
    from ranvier.serve.hosting import open_all
    from ranvier.serve.server import Server

    for warning in settings.warnings():
        say(f"note: {warning}")
    hosted = open_all(models)

    def listening(url: str) -> None:
        names = ", ".join(model.name for model in hosted)
        say(f"{names} on {url} · to try: {url}/ · to call: {url}/docs · Ctrl-C stops")

    server = Server(hosted, settings, listening=listening)
    for model in hosted:
        model.service.warm()
    server.run()
