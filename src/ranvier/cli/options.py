"""Arguments and flags that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Model = Annotated[
    str, typer.Argument(metavar="MODEL", help="a run folder, a .ranvier file, or a run's name")
]
Source = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE",
        help="a file (.csv, .tsv, .txt, .parquet, .feather, .npz) or a built-in set "
        "(see: ranvier datasets)",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="write JSON, and nothing else, to the output")]
Debug = Annotated[bool, typer.Option("--debug", help="show where an error comes from")]
