"""HTML and SVG from nested calls. Text is escaped unless it is `Markup`, so none is forgotten."""

from __future__ import annotations

import html
from collections.abc import Iterable

# Controls, which HTML forbids, and marks that turn the direction of the text around them.
_CONTROLS = (*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_UNSHOWN = dict.fromkeys(_CONTROLS, " ")
_UNSHOWN_IN_LINES = {code: " " for code in _CONTROLS if chr(code) not in "\n\t"}
VOID = ("br", "img", "meta")
# For a page's head: the browser itself refuses what it must not do, to run or to fetch anything.
POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'"
)


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def escape(value: object) -> Markup:
    """Any text as HTML that shows it; `Markup` stays as it is."""
    if isinstance(value, Markup):
        return value
    return Markup(html.escape(str(value).translate(_UNSHOWN)))


def with_lines(text: str) -> str:
    """The text as it can be shown, as long as it is: its lines stay, other controls are blanks."""
    return text.translate(_UNSHOWN_IN_LINES)


def escape_lines(text: str) -> Markup:
    """The text as HTML that shows it with its lines."""
    return Markup(html.escape(with_lines(text)))


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
    if name in VOID:
        return Markup(start)
    return Markup(f"{start}{join(children)}</{name}>")


def join(parts: Iterable[object], between: str = "") -> Markup:
    """Several pieces, one after the other."""
    return Markup(escape(between).join(escape(part) for part in parts if part is not None))


def _value(value: object) -> Markup:
    if isinstance(value, float):
        return Markup(f"{value:.1f}".removesuffix(".0"))
    return escape(value)
