"""`ranvier datasets`."""

from __future__ import annotations

from ranvier.cli import rendering
from ranvier.cli.options import Debug, Json


def datasets(json: Json = False, debug: Debug = False) -> None:
    """List the data sets that come along: `ranvier train NAME`."""
    from ranvier.data.builtin import DESCRIPTIONS

    if json:
        rendering.emit_json([vars(description) for description in DESCRIPTIONS])
        return
    rows = [["name", "rows", "columns", "task", ""]]
    rows += [[d.name, f"{d.rows:,}", str(d.columns), d.task, d.line] for d in DESCRIPTIONS]
    rendering.emit(rendering.aligned(rows, right=(1, 2)))
    rendering.emit("\nnext      ranvier train digits")
