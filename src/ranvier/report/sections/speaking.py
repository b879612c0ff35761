"""What a model of language writes, where a text surprises it, and what its tokens look at."""

from __future__ import annotations

from ranvier.explain.markup import escape_lines
from ranvier.explain.surprise import Surprise, in_line
from ranvier.report.facts import Facts
from ranvier.report.html import Markup, folded, join, table, tag
from ranvier.report.numbers import percent

LONGEST = 2_000  # characters of a text
STRONGEST = 12  # tokens of the table
SAME = 8  # characters before a token that make it the same


def speaking(facts: Facts) -> Markup | None:
    """The sections; None for a model of anything else."""
    found = facts.speech
    if found is None:
        return None
    parts = []
    if found.written is not None:
        how = "A text that the model wrote by itself, each token drawn at temperature 0.8."
        text = tag("p", escape_lines(found.written), class_="read", dir="auto")
        block = tag("div", text, class_="why")
        parts.append(tag("section", tag("h2", "What it writes"), tag("p", how), block))
    if found.surprise is not None and len(found.surprise):
        parts.append(_surprised(found.surprise, told=found.written is not None))
    if found.attention is not None:
        how = (
            "Each token takes something from the others, in every layer and head. Here of one line "
            "that it has not learned from."
        )
        drawn = found.attention.as_html(small=False)
        heads = folded("Every head by itself", found.attention.heads_as_html())
        title = tag("h2", "What the model looks at")
        parts.append(tag("section", title, tag("p", how), drawn, heads))
    return join(parts) if parts else None


def _surprised(found: Surprise, *, told: bool) -> Markup:
    seen = "those before it" if told else "all others"
    how = (
        f"A text that it has not learned from. Each token is told from {seen}; its surprise is "
        "minus the logarithm of the probability that the model gave it, in nats."
    )
    blocks: list[Markup] = []
    for row in range(len(found)):
        head = tag("p", tag("b", found.headline(row)))
        blocks.append(tag("div", head, found.in_colours(row, LONGEST), class_="why"))
    every = [one for row in range(len(found)) for one in found.most_surprising(row, 4 * STRONGEST)]
    every = sorted(every, key=lambda one: -one.nats)
    # Where a text repeats itself, each surprise is told once.
    once = {(one.before[-SAME:], one.text): one for one in reversed(every)}
    every = sorted(once.values(), key=lambda one: -one.nats)[:STRONGEST]
    rows = [
        (
            tag("bdi", in_line(one.before), tag("b", in_line(one.text) or "·")),
            tag("bdi", in_line(one.guess) or "·"),
            percent(one.sure),
            f"{one.nats:.1f}",
        )
        for one in every
    ]
    head_of_table = ("what came", "what it expected", "how surely", "nats")
    caption = "The tokens that it expected least"
    return tag(
        "section",
        tag("h2", "Where it is surprised"),
        tag("p", how),
        tag("div", found.legend(), class_="why"),
        *blocks,
        table(head_of_table, rows, numbers=(2, 3), caption=caption) if rows else None,
    )
