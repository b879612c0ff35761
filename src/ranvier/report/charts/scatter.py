"""Predicted against true, and the residuals as bars."""

from __future__ import annotations

import numpy as np

from ranvier.report.charts.frame import Frame, span
from ranvier.report.html import Markup, tag
from ranvier.report.numbers import short


def scatter(
    title: str, truth: np.ndarray, predicted: np.ndarray, stated: np.ndarray, came: np.ndarray
) -> Markup:
    """Rows (M,) as dots, groups of them (G,) as a line; on the diagonal both agree."""
    both = span(truth, predicted)
    frame = Frame(both, both, "predicted", "true")
    dots = [
        tag("circle", class_="dot s1 faint", cx=frame.across(x), cy=frame.down(y), r=2.5)
        for x, y in zip(predicted.tolist(), truth.tolist(), strict=True)
    ]
    diagonal = tag("path", class_="mark", d=frame.path(both, both))
    line = tag("path", class_="line s2", d=frame.path(stated, came))
    return frame.drawn(title, *dots, diagonal, line)


def histogram(title: str, edges: np.ndarray, counts: np.ndarray, name: str) -> Markup:
    """Counts (B,) between edges (B + 1,)."""
    frame = Frame(
        (float(edges[0]), float(edges[-1])), (0.0, float(max(counts.max(), 1)) * 1.05), name, "rows"
    )
    floor = frame.down(0.0)
    bars = []
    for low, high, count in zip(
        edges[:-1].tolist(), edges[1:].tolist(), counts.tolist(), strict=True
    ):
        left, right, top = frame.across(low), frame.across(high), frame.down(count)
        bars.append(
            tag(
                "rect",
                tag("title", f"{short(low)} to {short(high)}: {count:,}"),
                class_="dot s1",
                x=left + 0.5,
                y=top,
                width=max(right - left - 1, 0.5),
                height=floor - top,
            )
        )
    mark = ""
    if frame.x[0] < 0 < frame.x[1]:
        mark = tag("path", class_="mark", d=frame.path((0, 0), (0, frame.y[1])))
    return frame.drawn(title, *bars, mark)
