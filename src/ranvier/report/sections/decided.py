"""What was decided: the lines of the run, the network, the columns, the settings."""

from __future__ import annotations

from typing import Any

from ranvier.report.charts.network import network
from ranvier.report.facts import Facts
from ranvier.report.html import Markup, folded, join, shortened, table, tag
from ranvier.report.numbers import counted

MOST_COLUMNS = 300
LONGEST_LINE = 600


def decided(facts: Facts) -> Markup:
    """The section."""
    lines: list[Markup] = []
    for label, text in facts.decisions:
        lines.append(tag("dt", label))
        lines.append(tag("dd", shortened(text, LONGEST_LINE)))
    total = sum(layer.parameters for layer in facts.layers)
    words = f"{total:,} parameters" + (f" · {facts.depth}" if facts.depth else "")
    chain = " → ".join(
        f"{layer.name} {layer.neurons:,}" if layer.neurons is not None else layer.name
        for layer in facts.layers
    )
    drawing = network(f"The network: {chain}; {words}", facts.layers)
    return tag(
        "section",
        tag("h2", "What was decided"),
        tag("dl", *lines),
        tag("figure", drawing, tag("figcaption", f"{words}."), class_="network"),
        folded("The layers in numbers", _layers(facts)),
        _columns(facts),
        folded("Every hyperparameter", _settings(facts)),
    )


def _layers(facts: Facts) -> Markup:
    rows = [
        (
            layer.name,
            "" if layer.neurons is None else f"{layer.neurons:,}",
            f"{layer.parameters:,}",
            layer.what,
        )
        for layer in facts.layers
    ]
    return table(("layer", "neurons", "parameters", ""), rows, numbers=(1, 2))


def _columns(facts: Facts) -> Markup | None:
    if not facts.columns:
        return None
    left_out = sum(kind == "left out" for _, kind, _ in facts.columns)
    title = counted(len(facts.columns), "column")
    if left_out:
        title += f", {left_out:,} of them left out"
    # What is left out comes first: it is what a reader may want to object to.
    rows = sorted(facts.columns, key=lambda column: column[1] != "left out")
    shown = [(shortened(name), kind, shortened(why)) for name, kind, why in rows[:MOST_COLUMNS]]
    more = len(rows) - len(shown)
    end = tag("p", f"and {more:,} more", class_="small") if more > 0 else None
    return folded(title, table(("column", "taken for", "because"), shown), end)


def _settings(facts: Facts) -> Markup:
    rows = [(tag("code", name), shortened(_spoken(v))) for name, v in facts.settings.items()]
    return join([table(("name", "value"), rows)])


def _spoken(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return ", ".join(str(part) for part in value)
    if callable(value):
        return str(getattr(value, "__name__", type(value).__name__))
    return f"{value:g}" if isinstance(value, float) else str(value)
