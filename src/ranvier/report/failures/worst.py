"""The rows a model is worst at, as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.data import Dataset
from ranvier.data.sequences import Sequences
from ranvier.data.texts import Texts
from ranvier.data.whole import Whole
from ranvier.report.html import shortened
from ranvier.report.numbers import short

MOST_ROWS, FEWEST_ROWS = 10, 3
MOST_COLUMNS = 6
FIRST, SHOWN = 1_000, 100  # characters of a text that are looked at, and shown


@dataclass(frozen=True)
class WorstRows:
    """Rows of the table, the worst first, every cell as text.

    Attributes:
        head: what the leading cells are, such as ("row", "truth", "prediction").
        columns: names of the table's columns that follow.
        rows: the cells.
        of: how many columns the table has.
    """

    head: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    of: int


def worst_rows(
    examples: Dataset,
    numbers: np.ndarray,
    badness: np.ndarray,
    head: Sequence[str],
    lead: Sequence[Sequence[str]],
    columns: Sequence[str],
) -> WorstRows:
    """The rows of the largest badness.

    Args:
        examples: N rows.
        numbers: int (N,), how each row is called: its place in the source.
        badness: float (N,).
        head: names of the leading cells after "row".
        lead: for each of the worst rows, in the order of `order(badness)`, the leading cells.
        columns: the columns to show, the most important first.
    """
    order = worst_order(badness)
    known = {name: place for place, name in enumerate(examples.columns)}
    shown = [name for name in columns if name in known][:MOST_COLUMNS]
    cells = [_cells(examples.inputs, order, name, known[name]) for name in shown]
    rows = [
        (f"{numbers[row] + 1:,}", *lead[place], *(column[place] for column in cells))
        for place, row in enumerate(order)
    ]
    return WorstRows(("row", *head), tuple(shown), tuple(rows), len(known))


def worst_order(badness: np.ndarray) -> np.ndarray:
    """Numbers of the worst rows, the worst first; where hardly any is bad, a few others too."""
    most = int(np.clip((badness > 0).sum(), FEWEST_ROWS, MOST_ROWS))
    order: np.ndarray = np.argsort(-badness, kind="stable")[:most]
    return order


def _cells(inputs: Any, rows: np.ndarray, name: str, place: int) -> list[str]:
    if isinstance(inputs, Whole):
        if place == 0:
            return [_whole(inputs, int(row)) for row in rows]
        inputs = inputs.beside
    if isinstance(inputs, np.ndarray):
        values = inputs[rows, place].tolist()
    else:
        values = inputs.get_column(name)[rows.tolist()].to_list()
    return [value_text(value) for value in values]


def _whole(inputs: Whole, row: int) -> str:
    """What stands for a whole example: its name, how a text begins, how long a sequence is."""
    name = shortened(inputs.name_of(row), 40)
    if isinstance(inputs, Texts):
        begins = " ".join(inputs.values[row][:FIRST].split())
        return ": ".join(part for part in (name, shortened(begins, SHOWN) or "(empty)") if part)
    if isinstance(inputs, Sequences):
        steps = f"{int(inputs.lengths[row]):,} steps"
        return f"{name}: {steps}" if name else steps
    return name or "–"


def value_text(value: Any) -> str:
    """A cell as text: short numbers, short words, and a word for what is missing."""
    if value is None or (isinstance(value, float) and value != value):
        return "missing"
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < 1e9
        return f"{value:,.0f}" if whole else short(value, 4)
    return shortened(value, 40)
