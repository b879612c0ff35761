"""HTML and SVG from nested calls. Text is escaped unless it is `Markup`, so none is forgotten."""

from __future__ import annotations

import html
from collections.abc import Iterable

LONGEST_TEXT = 80  # characters of a name or a value that are shown

# Controls, which HTML forbids, and marks that turn the direction of the text around them.
_CONTROLS = (*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_UNSHOWN = dict.fromkeys(_CONTROLS, " ")
_VOID = ("br", "img", "meta")


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def escape(value: object) -> Markup:
    """Any text as HTML that shows it; `Markup` stays as it is."""
    if isinstance(value, Markup):
        return value
    return Markup(html.escape(str(value).translate(_UNSHOWN)))


def shortened(text: object, longest: int = LONGEST_TEXT) -> str:
    """A name or a value from the data, cut where it is too long to be read."""
    whole = str(text)
    return whole if len(whole) <= longest else whole[: longest - 1] + "…"


def tag(name: str, /, *children: object, **attributes: object) -> Markup:
    """An element.

    Args:
        name: such as "p".
        children: text, which is escaped, or `Markup`; None is left out.
        attributes: `class_` is written as class, `aria_label` as aria-label; None and False are
            left out, True is an attribute without a value.
    """
    parts = [name]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        written = key.rstrip("_").replace("_", "-")
        parts.append(written if value is True else f'{written}="{_value(value)}"')
    start = f"<{' '.join(parts)}>"
    if name in _VOID:
        return Markup(start)
    return Markup(f"{start}{join(children)}</{name}>")


def join(parts: Iterable[object], between: str = "") -> Markup:
    """Several pieces, one after the other."""
    return Markup(escape(between).join(escape(part) for part in parts if part is not None))


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


def _value(value: object) -> Markup:
    if isinstance(value, float):
        return Markup(f"{value:.1f}".removesuffix(".0"))
    return escape(value)
