"""Results as a person reads them."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from ranvier.report.numbers import METRICS, same_decimals

if TYPE_CHECKING:
    from rich.text import Text

    from ranvier.runs.scores import Scores


def emit(text: str | Text = "") -> None:
    """A line or several on standard output; long ones are left to the terminal."""
    from rich.console import Console

    Console(highlight=False).print(text, soft_wrap=True, markup=False)


def emit_lines(lines: Sequence[tuple[str, str]]) -> None:
    """Lines with their labels in a column, wrapped under it in a terminal."""
    from rich.console import Console

    from ranvier.training.progress import labelled, line_width

    emit(labelled(lines, width=line_width(Console())))


def emit_json(content: Any) -> None:
    """JSON on standard output."""
    sys.stdout.write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def scores(result: Scores, where: str) -> Text:
    """The table of a model beside its baselines; when one of them wins, that comes first.

    Args:
        result: the scores.
        where: which rows, such as "rows never seen".
    """
    from rich.text import Text

    names = [name for name in METRICS if name in result.model]
    every = [result.model, *(rated.metrics for rated in result.baselines)]
    columns = [
        [METRICS[name], *same_decimals(name, [values.get(name, math.nan) for values in every])]
        for name in names
    ]
    words = [f"  {rated.words}" for rated in result.baselines]
    first = [f"on {result.rows:,} {where}", "  this model", *words]
    text = Text()
    if not result.beaten:
        text.append(_lost(result) + "\n\n", style="bold red")
    text.append(table(list(zip(first, *columns, strict=True))))
    return text


def _lost(result: Scores) -> str:
    name = result.headline
    best = result.best
    own, other = same_decimals(name, (result.model[name], best.metrics[name]))
    what = "a simple baseline" if len(result.baselines) > 1 else "the trivial baseline"
    return f"{what} is at least as good: {best.words} has {METRICS[name]} {other}, this model {own}"


def table(rows: Sequence[Sequence[str]]) -> str:
    """The first column to the left, the others to the right."""
    return aligned(rows, right=range(1, len(rows[0])))


def aligned(rows: Sequence[Sequence[str]], *, right: Collection[int]) -> str:
    """Cells in columns; those in `right` are numbers."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("   ".join(cells).rstrip())
    return "\n".join(lines)
