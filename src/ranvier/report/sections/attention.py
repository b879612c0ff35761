"""What the model looks at: the columns by how much worse it becomes without them."""

from __future__ import annotations

from collections.abc import Iterable

from ranvier.report.facts import Facts
from ranvier.report.html import Markup, folded, join, shortened, table, tag
from ranvier.report.importance import Importance
from ranvier.report.numbers import counted, percent, short
from ranvier.report.sections import gallery, looking
from ranvier.tasks import TASKS

SHOWN = 12
MOST = 200


def attention(facts: Facts) -> Markup | None:
    """The section; None where nothing could be shuffled."""
    if facts.gallery is not None:
        pixelwise = TASKS[facts.task].pixelwise
        return gallery.made(facts.gallery) if pixelwise else gallery.looked_at(facts.gallery)
    title, columns = tag("h2", "What the model looks at"), _columns(facts)
    if facts.look is not None:
        if columns:
            columns = [tag("h3", f"The {facts.look.kind} and the columns beside it"), *columns]
        return tag("section", title, *looking.looked_at(facts.look), *columns)
    return tag("section", title, *columns) if columns else None


def _columns(facts: Facts) -> list[Markup]:
    """What shuffling the columns did; nothing where none could be shuffled."""
    found = facts.importance
    if found is None:
        return []
    rows = "rows it has learned from" if facts.trained_on else facts.about.where
    times = "once" if found.repeats == 1 else f"{found.repeats} times"
    how = (
        f"Each column was shuffled {times} on {found.rows:,} {rows}. The more the error grows, "
        "the more the model relies on the column. Columns that tell the same share their weight."
    )
    if found.of > len(found.columns):
        how += (
            f" Of {found.of:,} columns, the {len(found.columns)} that go along most with the "
            "predictions were tried."
        )
    rest = len(found.columns) - SHOWN
    parts = [tag("p", _sentence(found)), _bars(found, range(min(SHOWN, len(found.columns))))]
    if rest > 0:
        others = _bars(found, range(SHOWN, min(len(found.columns), MOST)))
        parts.append(folded(f"{counted(rest, 'more column')}", others))
    return [*parts, tag("p", how, class_="small")]


def _sentence(found: Importance) -> Markup:
    if found.rises[0] <= 2 * found.noise[0]:
        return join(["No single column matters by itself: shuffling any of them changes little."])
    name = tag("b", shortened(found.columns[0]))
    if found.lost is not None:
        end = f": shuffled, it costs {_points(found.lost[0])} points of accuracy."
    else:
        end = f": shuffled, the {found.measure} grows from {short(found.error)} to " + (
            f"{short(found.error + found.rises[0])}."
        )
    silent = int((found.rises <= 2 * found.noise).sum())
    if silent:
        end += f" {counted(silent, 'column')} of {len(found.columns)} made no clear difference."
    return join([name, " matters most", end])


def _bars(found: Importance, places: Iterable[int]) -> Markup:
    largest = max(float(found.rises[0]), 1e-12)
    head = ["column", "", f"{found.measure} grows by"]
    if found.lost is not None:
        head.append("accuracy lost")
    rows = []
    for place in places:
        rise = float(found.rises[place])
        width = 100 * max(0.0, min(1.0, rise / largest))
        bar = tag("div", class_="bar", style=f"width:{width:.1f}%")
        row = [shortened(found.columns[place], 60), bar, _rise(found, place)]
        if found.lost is not None:
            row.append(f"{_points(found.lost[place])} points")
        rows.append(row)
    right = range(2, len(head))
    return tag("div", table(head, rows, numbers=right, caption=None), class_="bars")


def _rise(found: Importance, place: int) -> str:
    """Three digits of the largest, the same decimals for all."""
    digits = len(short(float(found.rises[0])).partition(".")[2])
    return f"{found.rises[place] + 0.0:,.{digits}f}".replace("-", "−")


def _points(share: float) -> str:
    return percent(round(share, 4) + 0.0).removesuffix("\N{NO-BREAK SPACE}%")
