"""Cells of tables as they come in: CSV as columns of text, and one cell as what a column holds."""

from __future__ import annotations

import csv
import io
import math
from typing import Any

from ranvier.data.inference import MISSING
from ranvier.serve.faults import bad

SEPARATORS = ",;\t|"
LARGEST = 2**63  # whole numbers beyond do not fit into a column


def columns_of(data: bytes) -> tuple[list[str] | None, list[list[str | None]]]:
    """The names in the first line, None where it holds numbers alone; and the columns.

    Missing markers such as NA are None.

    Raises:
        Fault: no UTF-8, no rows, or rows of different widths.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise bad("CSV must be UTF-8; these bytes are not.") from None
    first = text.partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=separator) if row]
    except csv.Error as error:
        raise bad(f"This is no CSV: {error}.") from None
    if not rows:
        raise bad("This CSV is empty: send a header line and at least one row.")
    names = None if all(number(cell.strip()) is not None for cell in rows[0]) else rows[0]
    body = rows if names is None else rows[1:]
    if not body:
        raise bad("This CSV has a header and no rows: send at least one.")
    for place, row in enumerate(body):
        if len(row) != len(rows[0]):
            raise bad(
                f"Row {place:,} of the CSV has {len(row):,} fields, and the first line has "
                f"{len(rows[0]):,}."
            )
    cells = [[_cell(value) for value in column] for column in zip(*body, strict=True)]
    return (None if names is None else [name.strip() for name in names]), cells


def _cell(text: str) -> str | None:
    text = text.strip()
    return None if text in MISSING else text


def number(value: Any) -> float | None:
    """A cell as a number; None where it is none, or is not finite."""
    if isinstance(value, str):
        value = value.strip()
        if "_" in value:  # which Python would read over
            return None
    elif not isinstance(value, (bool, int, float)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def is_missing(value: Any) -> bool:
    """Whether a cell holds nothing."""
    if isinstance(value, str):
        return value.strip() in MISSING
    return value is None or (isinstance(value, float) and math.isnan(value))
