"""What the page's parts are made of: tags, tables, details that open."""

from __future__ import annotations

from collections.abc import Iterable

from ranvier.explain.markup import Markup, escape, join, tag

__all__ = ["Markup", "escape", "folded", "join", "shortened", "table", "tag"]

LONGEST_TEXT = 80  # characters of a name or a value that are shown


def shortened(text: object, longest: int = LONGEST_TEXT) -> str:
    """A name or a value from the data, cut where it is too long to be read."""
    whole = str(text)
    return whole if len(whole) <= longest else whole[: longest - 1] + "…"


def table(
    head: Iterable[object],
    rows: Iterable[Iterable[object]],
    *,
    numbers: Iterable[int] = (),
    caption: str | None = None,
) -> Markup:
    """A table that scrolls by itself where the page is narrow; `numbers` are its right columns."""
    right = set(numbers)

    def cells(kind: str, row: Iterable[object]) -> Markup:
        return join(
            tag(kind, cell, class_="n" if column in right else None)
            for column, cell in enumerate(row)
        )

    body = tag("tbody", *(tag("tr", cells("td", row)) for row in rows))
    whole = tag("table", tag("thead", tag("tr", cells("th", head))), body)
    scrolled = tag("div", whole, class_="wide", tabindex="0", role="group", aria_label=caption)
    # Above the part that scrolls, so that it can be read whole.
    return scrolled if caption is None else join([tag("p", caption, class_="cap"), scrolled])


def folded(title: object, *content: object) -> Markup:
    """Details that open on a click."""
    return tag("details", tag("summary", title), *content)
