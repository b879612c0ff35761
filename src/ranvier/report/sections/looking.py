"""Texts and sequences on the page, coloured by what the model looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ranvier.explain.attention import Attention
from ranvier.explain.texts import TextExplanation
from ranvier.report.html import Markup, folded, join, shortened, table, tag
from ranvier.report.looking import Look, Shown, Words
from ranvier.report.numbers import counted, percent, short

LONGEST = 700  # characters of a text; of longer ones those around the strongest words
SHOWN_CHANNELS = 12


def looked_at(found: Look) -> list[Markup | None]:
    """The parts of the section under its title."""
    thing = "word" if found.kind == "text" else "step"
    how = (
        f"What each {thing} added to the answer (integrated gradients), for rows that the model "
        "is sure of and rows that it is least sure of. The deeper the colour, the more."
    )
    where = counted(len(found.found), f"{found.kind}")
    return [
        tag("p", how),
        tag("div", found.found.legend(), class_="why"),
        *_rows(found, found.examples),
        _words(found.words, where) if found.words else None,
        _channels(found.channels, where) if found.channels else None,
        _inside(found),
    ]


def _inside(found: Look) -> Markup:
    """What the layers do with one row, to be opened."""
    if isinstance(found.inside, Attention):
        patches = found.kind == "sequence"
        things = "steps" if patches else "tokens"
        return folded(
            f"What its {things} look at: the attention of one {found.kind}",
            found.inside.as_html(),
        )
    return folded(
        "What it carries along: the states after each step",
        tag("p", "One row from left to right, and a line for each unit of a layer: red above "
            "zero, blue below.", class_="small"),
        found.inside.as_html(),
    )  # fmt: skip


def mistakes(found: Look) -> Markup | None:
    """What it was most wrong about."""
    if not found.mistakes:
        return None
    words = "The most confident mistakes, and what speaks for the wrong answer"
    if found.found.sure is None:
        words = "The largest errors"
    title = tag("p", words, class_="cap")
    return tag("div", title, *_rows(found, found.mistakes))


def _rows(found: Look, rows: Iterable[Shown]) -> list[Markup]:
    blocks = []
    for shown in rows:
        head = tag("p", _joined(shown.caption))
        if isinstance(found.found, TextExplanation):
            inside = found.found.in_colours(shown.row, LONGEST)
        else:
            inside = found.found.in_colours(shown.row)
        blocks.append(tag("div", head, inside, class_="why"))
    return blocks


def _joined(lines: Sequence[str]) -> Markup:
    """A caption in one line: "good, taken for bad, 70 % sure · its name"."""
    first, *rest = (tag("bdi", line) for line in lines)
    if lines[0].endswith("taken for") and rest:
        first = join([first, " ", rest.pop(0)])
    return join([tag("b", first), *rest], " · ")


def _words(found: tuple[Words, ...], where: str) -> Markup:
    rows = []
    for one in found:
        listed = [
            tag("span", tag("bdi", shortened(word, 30)), " ",
                tag("span", _signed(mean), class_="small"), class_="k")
            for word, mean, _ in one.words
        ]  # fmt: skip
        rows.append(
            (tag("bdi", shortened(one.name, 40)), f"{one.rows:,}", join(listed, ", ") or "–")
        )
    caption = f"The words that matter most over all: what each adds, the mean over {where}"
    return table(("answer", "texts", "words"), rows, numbers=(1,), caption=caption)


def _signed(value: float) -> str:
    text = short(value, 2)
    return text if value < 0 else f"+{text}"


def _channels(found: tuple[tuple[str, float], ...], where: str) -> Markup:
    largest = max(found[0][1], 1e-12)

    def bars(some: tuple[tuple[str, float], ...]) -> Markup:
        rows = [
            (
                tag("bdi", shortened(name, 60)),
                tag("div", class_="bar", style=f"width:{100 * share / largest:.1f}%"),
                percent(share),
            )
            for name, share in some
        ]
        return tag("div", table(("channel", "", "share"), rows, numbers=(2,)), class_="bars")

    title = tag("p", f"Each channel's share of what moved the answers, over {where}", class_="cap")
    rest = found[SHOWN_CHANNELS:]
    more = folded(f"{counted(len(rest), 'more channel')}", bars(rest)) if rest else None
    return tag("div", title, bars(found[:SHOWN_CHANNELS]), more)
