"""The network drawn as layers of neurons."""

from __future__ import annotations

from collections.abc import Sequence

from ranvier.model.summary import Layer
from ranvier.report.charts.frame import WIDTH, picture
from ranvier.report.html import Markup, join, shortened, tag

MOST_LAYERS = 7
MOST_NEURONS = 7
HEIGHT, MIDDLE, STEP = 220, 92, 24


def network(title: str, layers: Sequence[Layer]) -> Markup:
    """A column of circles per layer, joined as the neurons are; wide layers are cut with dots."""
    shown: list[Layer | None] = list(layers)
    if len(shown) > MOST_LAYERS:
        half = MOST_LAYERS // 2
        shown = [*layers[:half], None, *layers[-half:]]
    gap = (WIDTH - 70) / max(len(shown) - 1, 1)
    columns = [(35 + gap * place, layer) for place, layer in enumerate(shown)]
    places = [_places(layer) for _, layer in columns]
    threads = []
    for (x, layer), (to, other), ys, tos in zip(
        columns, columns[1:], places, places[1:], strict=False
    ):
        if layer is not None and other is not None:
            path = "".join(f"M{x:.0f} {a:.0f}L{to:.0f} {b:.0f}" for a in ys for b in tos)
            threads.append(tag("path", class_="thread", d=path))
    drawn = [_column(x, layer, ys) for (x, layer), ys in zip(columns, places, strict=True)]
    return picture(title, HEIGHT, *threads, *drawn)


def _places(layer: Layer | None) -> list[float]:
    """Heights of the circles of a layer."""
    if layer is None:
        return []
    count = min(layer.neurons or 1, MOST_NEURONS)
    ys = [MIDDLE + STEP * (number - (count - 1) / 2) for number in range(count)]
    if _is_cut(layer):
        del ys[count // 2]  # where the dots are
    return ys


def _is_cut(layer: Layer) -> bool:
    return (layer.neurons or 1) > MOST_NEURONS


def _column(x: float, layer: Layer | None, ys: Sequence[float]) -> Markup:
    if layer is None:
        return tag("text", "…", x=x, y=MIDDLE, class_="mid")
    parts: list[object] = []
    if layer.neurons is None:
        parts = [tag("rect", class_="cell", x=x - 20, y=MIDDLE - 20, width=40, height=40, rx=6)]
    else:
        parts = [tag("circle", class_="cell", cx=x, cy=y, r=9) for y in ys]
    if _is_cut(layer):
        parts.append(tag("text", "⋮", x=x, y=MIDDLE + 5, class_="mid"))
    number = "" if layer.neurons is None else f"{layer.neurons:,}"
    parts.append(tag("text", number, x=x, y=HEIGHT - 24, class_="mid strong"))
    parts.append(tag("text", shortened(layer.name, 10), x=x, y=HEIGHT - 7, class_="mid"))
    return join(parts)
