"""What each column of a frame is, and why: decided once, from the training rows alone.

In this order, the first that fits:

1. nested or binary values                                         -> unsupported, left out
2. no value at all                                                 -> empty, left out
3. one value and nothing missing                                   -> constant, left out
4. true and false                                                  -> boolean
5. dates, times; text of which `PARSED_SHARE` are dates of one style -> datetime
6. whole numbers that count the rows in order (0, 1, 2, ... or 1, 2, 3, ...), or that are all
   different under a name such as id, order_id, index, key, uuid   -> identifier, left out
7. numbers; text of which `PARSED_SHARE` are numbers (the rest count as missing) -> numeric
8. text of `WORDS_OF_TEXT` words or more on average, `TEXT_SHARE` of it different -> text, left out
9. text of which `IDENTIFIER_SHARE` are different                  -> identifier, left out
10. other text                                                     -> category

Rules 6, 8 and 9 need `FEW_ROWS` rows: in a handful of rows everything is different.
A row with the weight 2 counts as two rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data import dates
from ranvier.data.inference import clean, numbers

if TYPE_CHECKING:
    import polars as pl

    from ranvier.data.streams import Facts

PARSED_SHARE = 0.95
IDENTIFIER_SHARE = 0.95
TEXT_SHARE = 0.5
WORDS_OF_TEXT = 5.0
FEW_ROWS = 20
IDENTIFIER_NAMES = ("id", "index", "key", "uuid", "guid", "rowid", "unnamed: 0")
USED = (
    "numeric", "boolean", "category", "datetime", "picture", "signal", "sound", "sequence", "tokens"
)  # fmt: skip
KINDS = (*USED, "identifier", "text", "constant", "empty", "unsupported")


@dataclass(frozen=True)
class ColumnDecision:
    """What a column is taken for.

    Attributes:
        name: the column's name.
        kind: one of `KINDS`.
        reason: a few words, such as "one value".
        details: plain data for display and for reading new rows, such as {"format": "%d.%m.%Y"}.
    """

    name: str
    kind: str
    reason: str
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def used(self) -> bool:
        """Whether the network sees the column."""
        return self.kind in USED

    def __str__(self) -> str:
        return f"{self.kind if self.used else 'left out'}: {self.name} ({self.reason})"


def recognise(series: pl.Series, repeats: np.ndarray[Any, Any] | None = None) -> ColumnDecision:
    """Decide what a column is; `repeats` (N,) says how often each row counts, None: once."""
    import polars as pl

    name, dtype = str(series.name), series.dtype
    if dtype.is_nested() or dtype in (pl.Binary, pl.Object):
        return ColumnDecision(name, "unsupported", f"{str(dtype).lower()} values")
    if dtype in (pl.Categorical, pl.Enum):
        dtype, series = pl.String(), series.cast(pl.String)
    series = clean(series) if dtype == pl.String else series
    series = series.fill_nan(None) if dtype.is_float() else series
    known = series.drop_nulls()
    if known.is_empty():
        return ColumnDecision(name, "empty", "no values")
    if len(known) == len(series) and known.n_unique() == 1:
        return ColumnDecision(name, "constant", "one value", _value(known[0]))
    total = len(known)
    if repeats is not None:
        total = int(repeats[series.is_not_null().to_numpy()].sum())
    if dtype == pl.Boolean:
        return ColumnDecision(name, "boolean", "true and false")
    if dtype in (pl.Date, pl.Datetime):
        zone = getattr(dtype, "time_zone", None)
        return ColumnDecision(name, "datetime", f"in {zone}" if zone else "dates", {"zone": zone})
    if dtype == pl.String:
        return _of_text(name, known, total)
    return _of_numbers(name, known, total)


def _value(value: Any) -> dict[str, Any]:
    """A constant column's value, where it is plain data."""
    return {"value": value} if isinstance(value, (bool, int, float, str)) else {}


def corrected(decision: ColumnDecision, facts: Facts) -> ColumnDecision:
    """A decision about a sample of a column, with what is known of all its rows."""
    if decision.name in facts.counting and decision.kind == "numeric":
        return ColumnDecision(decision.name, "identifier", "counts the rows")
    counts = facts.counts.get(decision.name)
    if counts is None or decision.kind not in ("category", "identifier"):
        return decision
    if decision.kind == "identifier" and counts.height >= IDENTIFIER_SHARE * facts.rows:
        return decision
    return ColumnDecision(decision.name, "category", f"{counts.height:,} different values")


def _of_numbers(name: str, known: pl.Series, total: int) -> ColumnDecision:
    if known.dtype.is_integer() and total >= FEW_ROWS and known.n_unique() == total:
        folded = name.casefold()
        if folded in IDENTIFIER_NAMES or folded.endswith(("_id", " id")):
            return ColumnDecision(name, "identifier", "a different number in every row")
        first = int(known[0])
        counting = np.arange(first, first + len(known))
        if first in (0, 1) and bool((known.to_numpy() == counting).all()):
            return ColumnDecision(name, "identifier", "counts the rows")
    return ColumnDecision(name, "numeric", "numbers")


def _of_text(name: str, known: pl.Series, total: int) -> ColumnDecision:
    distinct = known.n_unique()
    if distinct <= 6 and set(known.str.to_lowercase()) <= {"true", "false"}:
        return ColumnDecision(name, "boolean", "true and false")
    style = dates.find_format(known, PARSED_SHARE)
    if style:
        return ColumnDecision(name, "datetime", dates.spoken(style), {"format": style})
    parsed = numbers(known).drop_nulls()
    if len(parsed) >= PARSED_SHARE * len(known):
        lost = len(known) - len(parsed)
        whole = parsed.cast(_int64(), strict=False)
        if not lost and bool((whole == parsed).all()):
            return _of_numbers(name, whole, total)
        if not lost:
            return ColumnDecision(name, "numeric", "numbers")
        values = "1 value is no number and counts" if lost == 1 else (
            f"{lost:,} values are no numbers and count"
        )  # fmt: skip
        return ColumnDecision(name, "numeric", f"numbers; {values} as missing", {"lost": lost})
    if total >= FEW_ROWS:
        words = float(np.mean(known.str.count_matches(r"\S+").to_numpy()))
        if words >= WORDS_OF_TEXT and distinct >= TEXT_SHARE * total:
            return ColumnDecision(name, "text", f"free text, {words:.0f} words on average")
        if distinct >= IDENTIFIER_SHARE * total:
            share = "every" if distinct == total else "almost every"
            return ColumnDecision(name, "identifier", f"a different value in {share} row")
    return ColumnDecision(name, "category", f"{distinct:,} different values")


def _int64() -> Any:
    """The type Int64 of polars, imported when work starts."""
    import polars as pl

    return pl.Int64


def summary(decisions: tuple[ColumnDecision, ...]) -> list[str]:
    """Two lines for display: what enters the network, and what is left out and why."""
    by_kind: dict[str, list[ColumnDecision]] = {}
    for decision in decisions:
        by_kind.setdefault(decision.kind, []).append(decision)
    parts = []
    if "numeric" in by_kind:
        parts.append(f"numeric {len(by_kind['numeric'])}")
    if "boolean" in by_kind:
        parts.append(f"boolean {len(by_kind['boolean'])}")
    if "category" in by_kind:
        listed = ", ".join(f"{d.name} {d.details.get('values', 0):,}" for d in by_kind["category"])
        parts.append(f"categories {len(by_kind['category'])} ({listed} values)")
    if "datetime" in by_kind:
        count = sum(d.details.get("parts", 0) for d in by_kind["datetime"])
        parts.append(f"date-time {len(by_kind['datetime'])} → {count} parts")
    lines = [" · ".join(parts)] if parts else []
    unused = [f"{d.name} ({d.reason})" for d in decisions if not d.used]
    if len(unused) > 8:
        unused = [*unused[:7], f"and {len(unused) - 7:,} more"]
    if unused:
        lines.append("left out: " + ", ".join(unused))
    return lines
