"""Explanations that show themselves: in a notebook, on a page of their own, in a terminal.

Red speaks for the answer and blue against it, which those tell apart too who see no green or no
red; underlines, unbroken and dotted, say the same to those who see no colours.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ranvier.errors import DataError
from ranvier.explain.markup import POLICY, Markup, escape_lines, join, tag, with_lines
from ranvier.explain.pieces import Piece, share, strongest

if TYPE_CHECKING:
    from rich.text import Text

PAGES = (".html", ".htm")
_LIGHT = "--for: #f2a196; --against: #a3c1f6; --unread: #57606a;"
_DARK = "--for: #8f3026; --against: #27539e; --unread: #9eaab6;"
STYLE = (
    f".why {{ {_LIGHT} margin: 1rem 0; }}\n"
    f"@media (prefers-color-scheme: dark) {{ .why {{ {_DARK} }} }}\n"
    ".why p { margin: .3rem 0; }\n"
    ".why .read { white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.75; }\n"
    ".why mark { color: inherit; border-radius: 3px; print-color-adjust: exact;\n"
    "  -webkit-print-color-adjust: exact; text-underline-offset: 3px; }\n"
    ".why .for { background: color-mix(in srgb, var(--for) var(--s), transparent); }\n"
    ".why .against { background: color-mix(in srgb, var(--against) var(--s), transparent); }\n"
    ".why .strong { text-decoration: underline 2px; }\n"
    ".why .against.strong { text-decoration: underline dotted 2px; }\n"
    ".why .legend { font-size: .9rem; }\n"
    ".why .unread { color: var(--unread); font-style: italic; }\n"
    ".why .tracks { display: grid; grid-template-columns: auto 1fr; gap: .2rem .8rem;\n"
    "  align-items: center; max-width: 46rem; }\n"
    ".why .tracks img { width: 100%; height: auto; display: block; }\n"
    ".why .tracks span { font-size: .85rem; max-width: 9rem; overflow-wrap: anywhere; }\n"
    f"@media print {{ .why {{ {_LIGHT} break-inside: avoid; }} }}\n"
)
# On paper of its own, so that it can be read whatever lies around it.
_ALONE = (
    ".why-alone { background: #fff; color: #1a1f24; padding: .2rem 1rem; border-radius: 6px;\n"
    "  font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "  .why-alone { background: #11161c; color: #e6ebf0; } }\n"
    "@media print { .why-alone { background: #fff; color: #000; } }\n"
)
_PAGE = (
    ":root { color-scheme: light dark; }\n"
    "body { margin: 0 auto; max-width: 50rem; padding: 1rem; }\n"
    "@media (prefers-color-scheme: dark) { body { background: #11161c; } }\n"
    "@media print { body { background: #fff; } }\n"
)
STRONG = 0.5  # of the strongest: from there on underlined


def text_in_colours(found: Sequence[Piece], most: float | None = None) -> Markup:
    """A text whose tokens are coloured by what they added; `most`: what is deepest."""
    most = strongest(found) if most is None else most
    return tag("p", *(_piece(piece, most) for piece in found), class_="read", dir="auto")


def _piece(piece: Piece, most: float) -> Markup:
    if not piece.read:
        return tag("span", escape_lines(piece.text), class_="unread", title="not read")
    part = share(piece, most)
    if part == 0.0:
        return escape_lines(piece.text)
    kind = ("for" if part > 0 else "against") + (" strong" if abs(part) >= STRONG else "")
    deep = f"--s:{100 * abs(part):.0f}%"
    return tag(
        "mark", escape_lines(piece.text), class_=kind, style=deep, title=f"{piece.value:+.3g}"
    )


def legend(sides: tuple[str, str], unread: bool) -> Markup:
    """What the colours say."""
    parts: list[object] = [
        tag("mark", sides[0], class_="for strong", style="--s:100%"),
        ", ",
        tag("mark", sides[1], class_="against strong", style="--s:100%"),
        ": the deeper, the more",
    ]
    if unread:
        parts += ["; ", tag("span", "not read", class_="unread")]
    return tag("p", *parts, class_="legend")


def in_notebook(*content: Markup) -> str:
    """Something that stands in someone else's page."""
    style = tag("style", Markup(STYLE + _ALONE))
    return join([style, tag("div", *content, class_="why why-alone")])


def write_page(path: str | Path, title: str, *content: Markup) -> None:
    """A page that needs nothing else.

    Raises:
        DataError: another suffix, or the file cannot be written.
    """
    place = Path(path).expanduser()
    if place.suffix.lower() not in PAGES:
        raise DataError(f"{place} is no name for a page: name a file such as why.html.")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", Markup(STYLE + _ALONE + _PAGE)),
    )
    body = tag("body", tag("main", *content, class_="why why-alone"))
    text = "<!DOCTYPE html>\n" + tag("html", head, body, lang="en") + "\n"
    try:
        place.write_bytes(text.encode("utf-8", "replace"))
    except OSError as error:
        raise DataError(f"{place} cannot be written ({error.strerror or error}).") from error


def show(found: Any) -> None:
    """Coloured in a terminal; elsewhere as plain lines."""
    from rich.console import Console

    console = Console(highlight=False)
    if console.is_terminal and console.color_system is not None and not console.no_color:
        console.print(found)
    else:
        sys.stdout.write(f"{found}\n")


def text_for_terminal(found: Sequence[Piece], most: float | None = None) -> Text:
    """A text whose tokens are coloured, to be read on dark and on light ground."""
    from rich.text import Text

    most, whole = strongest(found) if most is None else most, Text()
    for piece in found:
        style = style_of(share(piece, most)) if piece.read else "dim"
        whole.append(with_lines(piece.text), style=style)
    return whole


def style_of(part: float) -> str:
    """The style of a share from -1 to 1: the stronger, the more there is of it."""
    if part == 0.0:
        return ""
    deep, middle = ("rgb(168,40,28)", "rgb(222,84,68)") if part > 0 else (
        "rgb(24,76,168)", "rgb(72,134,226)"
    )  # fmt: skip
    if abs(part) >= STRONG:
        return f"bold white on {deep}"
    return f"bold {middle}" if abs(part) >= STRONG / 2 else middle
