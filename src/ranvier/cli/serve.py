"""`ranvier serve`."""

from __future__ import annotations

from typing import Annotated

import typer

from ranvier import garbage
from ranvier.cli.errors import say
from ranvier.cli.options import Debug


def serve(
    models: Annotated[
        list[str],
        typer.Argument(
            metavar="MODEL …", help="run folders, .ranvier files or runs' names, one or more"
        ),
    ],
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="where to listen")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="INT", help="where to listen; 0: any that is free")
    ] = 8000,
    max_batch: Annotated[
        int,
        typer.Option(
            "--max-batch", metavar="ROWS", help="rows of several requests computed together"
        ),
    ] = 64,
    max_delay_ms: Annotated[
        float,
        typer.Option(
            "--max-delay-ms",
            metavar="MS",
            help="how long a request waits for others that are on their way, at most",
        ),
    ] = 2.0,
    max_body: Annotated[
        float, typer.Option("--max-body", metavar="MB", help="megabytes of a request, at most")
    ] = 64.0,
    max_queue: Annotated[
        int,
        typer.Option("--max-queue", metavar="INT", help="requests that wait; more get a 429"),
    ] = 1024,
    timeout_s: Annotated[
        float,
        typer.Option(
            "--timeout-s",
            metavar="SECONDS",
            help="to receive a request in, and as many to answer it",
        ),
    ] = 30.0,
    token_file: Annotated[
        str | None,
        typer.Option(
            "--token-file",
            metavar="FILE",
            help="holds what clients must send as Authorization: Bearer (default: none)",
        ),
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="take up a model file that is replaced on disk")
    ] = False,
    debug: Debug = False,
) -> None:
    """Answer requests over HTTP: the Open Inference Protocol, JSON, CSV, pictures; a page to try.

    Needs pip install 'ranvier[serve]'. The log, a line of JSON for each request, goes to the error
    output.
    """
    with garbage.importing():
        from ranvier.serve import running
        from ranvier.serve.settings import MEGABYTE, Settings

    settings = Settings(
        host=host,
        port=port,
        max_batch=max_batch,
        max_delay_ms=max_delay_ms,
        max_body=int(max_body * MEGABYTE),
        max_queue=max_queue,
        timeout_s=timeout_s,
        token_file=token_file,
        watch=watch,
    )
    running.serve(models, settings, say)
