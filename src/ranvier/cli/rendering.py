"""Results as a person reads them."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.text import Text

    from ranvier.runs.evaluation import Scores

METRICS = {
    "accuracy": "accuracy",
    "roc_auc": "ROC AUC",
    "f1": "F1",
    "f1_macro": "macro F1",
    "rmse": "RMSE",
    "mae": "MAE",
    "r2": "R²",
}


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
    """The table of a model beside its baseline; when the baseline wins, that comes first.

    Args:
        result: the scores.
        where: which rows, such as "rows never seen".
    """
    from rich.text import Text

    names = [name for name in METRICS if name in result.model]
    head = [f"on {result.rows:,} {where}", *(METRICS[name] for name in names)]
    rows = [
        ["  this model", *(number(name, result.model[name]) for name in names)],
        [
            f"  {result.baseline_words}",
            *(number(name, result.baseline[name]) for name in names),
        ],
    ]
    text = Text()
    if not result.beaten:
        text.append(_lost(result) + "\n\n", style="bold red")
    text.append(table([head, *rows]))
    return text


def _lost(result: Scores) -> str:
    name = "accuracy" if result.classifies else "r2"
    return (
        f"the trivial baseline is at least as good: {result.baseline_words} has "
        f"{METRICS[name]} {number(name, result.baseline[name])}, "
        f"this model {number(name, result.model[name])}"
    )


def number(metric: str, value: float) -> str:
    """Shares to a tenth of a percent, quantities to three digits or the whole number."""
    if metric in ("rmse", "mae"):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:.3f}"


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
