"""The page: its sections in their order, in one document that needs nothing else."""

from __future__ import annotations

from ranvier.explain.markup import POLICY
from ranvier.explain.showing import STYLE as EXPLAINED
from ranvier.report.facts import Facts
from ranvier.report.html import Markup, tag
from ranvier.report.sections.answer import answer, in_one_line
from ranvier.report.sections.attention import attention
from ranvier.report.sections.decided import decided
from ranvier.report.sections.failing import failing
from ranvier.report.sections.learned import learned
from ranvier.report.sections.making import making
from ranvier.report.sections.repeating import repeating
from ranvier.report.sections.speaking import speaking
from ranvier.report.style import STYLE


def page(facts: Facts) -> str:
    """The whole document."""
    sections = (answer, speaking, making, attention, failing, learned, decided, repeating)
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", in_one_line(facts)),
        tag("style", Markup(STYLE + EXPLAINED)),
    )
    body = tag("body", tag("main", *(section(facts) for section in sections)))
    return "<!DOCTYPE html>\n" + tag("html", head, body, lang="en") + "\n"


def as_bytes(text: str) -> bytes:
    """The document as it is written; half a character from broken text becomes "?"."""
    return text.encode("utf-8", "replace")
