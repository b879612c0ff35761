"""Curves over the epochs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ranvier.report.charts.frame import Frame, span
from ranvier.report.html import Markup, tag


def lines(
    title: str,
    epochs: np.ndarray,
    curves: Mapping[str, np.ndarray],
    name: str,
    *,
    kept: int = 0,
    floor: float | None = None,
) -> Markup:
    """Curves over the epochs; the second one is dashed.

    Args:
        title: what they show.
        epochs: float64 (P,).
        curves: name -> float64 (P,).
        name: of the axis.
        kept: the epoch whose weights are kept, to be marked; 0: none.
        floor: where the axis begins; None: below the lowest value.
    """
    left, right = float(epochs[0]), float(epochs[-1])
    low, high = span(*curves.values())
    low = low if floor is None else floor
    frame = Frame((left, right if right > left else left + 1), (low, high), "epoch", name)
    parts = []
    if kept:
        x = frame.across(kept)
        top, bottom = frame.down(high), frame.down(low)
        parts.append(tag("path", class_="mark", d=f"M{x:.1f} {top:.1f}V{bottom:.1f}"))
    for number, values in enumerate(curves.values(), 1):
        parts.append(tag("path", class_=_stroke(number), d=frame.path(epochs, values)))
        if len(epochs) == 1 and np.isfinite(values[0]):
            x, y = frame.across(left), frame.down(float(values[0]))
            parts.append(tag("circle", class_=f"dot s{number}", cx=x, cy=y, r=4))
    return frame.drawn(title, *parts)


def key(number: int, name: str) -> Markup:
    """A curve's name with a piece of its line before it."""
    stroke = tag("path", class_=_stroke(number), d="M0 5H22")
    return tag(
        "span", tag("svg", stroke, class_="key", viewBox="0 0 22 10"), f" {name}", class_="k"
    )


def _stroke(number: int) -> str:
    return f"line s{number} dash" if number > 1 else f"line s{number}"
