"""Codes of rows in two dimensions, coloured by the class that came along with them."""

from __future__ import annotations

import numpy as np

from ranvier.report.charts.frame import Frame, span
from ranvier.report.html import Markup, join, shortened, tag

COLOURS = 10  # in the style; classes after these share the last one
MOST = 1_500  # dots


def cloud(
    title: str, points: np.ndarray, labels: np.ndarray | None, names: tuple[str, str]
) -> Markup:
    """Dots (N, 2); `labels` (N,) or None; `names` of the axes."""
    drawn = np.random.default_rng(0).permutation(len(points))[:MOST]
    frame = Frame(span(points[:, 0]), span(points[:, 1]), *names)
    places = np.zeros(len(points), np.intp) if labels is None else _places(labels)
    dots = [
        tag("circle", tag("title", shortened(labels[row], 40)) if labels is not None else None,
            class_=f"dot k{places[row]}", cx=round(frame.across(points[row, 0]), 1),
            cy=round(frame.down(points[row, 1]), 1), r=2.5)
        for row in drawn.tolist()
    ]  # fmt: skip
    return frame.drawn(title, *dots)


def legend(labels: np.ndarray) -> Markup:
    """The classes with their colours."""
    names = np.unique(labels)
    parts = [
        tag("span", tag("svg", tag("circle", class_=f"dot k{min(n, COLOURS - 1)}", cx=5, cy=5, r=4),
                        class_="swatch", viewBox="0 0 10 10"), " ", tag("bdi", shortened(name, 30)),
            class_="k")
        for n, name in enumerate(names[:COLOURS].tolist())
    ]  # fmt: skip
    if len(names) > COLOURS:
        parts[-1] = join([parts[-1], f" and {len(names) - COLOURS} more"])
    return join(parts, "  ")


def _places(labels: np.ndarray) -> np.ndarray:
    codes = np.unique(labels, return_inverse=True)[1]
    return np.asarray(np.minimum(codes, COLOURS - 1))
