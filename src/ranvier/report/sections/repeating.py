"""How to repeat it: one command."""

from __future__ import annotations

from ranvier.report.facts import Facts
from ranvier.report.html import Markup, tag


def repeating(facts: Facts) -> Markup:
    """The section."""
    about = facts.about
    versions = " · ".join(f"{name} {version}" for name, version in about.versions.items())
    seed = facts.settings.get("seed")
    if about.command is None:
        words = tag(
            "p", "The command that trained this model is not known; its settings are above."
        )
    else:
        words = tag("pre", tag("code", about.command), tabindex="0")
    facts_line = " · ".join(part for part in (f"seed {seed}", versions) if part)
    return tag(
        "section", tag("h2", "How to repeat it"), words, tag("p", facts_line, class_="small")
    )
