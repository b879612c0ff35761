"""A forecast with its interval, behind the past it was made from."""

from __future__ import annotations

import numpy as np

from ranvier.report.charts.frame import Frame, span
from ranvier.report.html import Markup, tag


def forecast(
    title: str,
    past: np.ndarray,
    truth: np.ndarray,
    middle: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    name: str,
) -> Markup:
    """What came as a line, the forecast dashed, its interval as a band.

    Args:
        title: what is shown.
        past: (P,), the newest value last.
        truth: (H,), NaN where unknown.
        middle: (H,), the forecast.
        low: (H,), where the interval begins.
        high: (H,), where it ends.
        name: of the values.
    """
    before = np.arange(1 - len(past), 1)
    ahead = np.arange(1, len(middle) + 1)
    frame = Frame(
        (float(before[0]), float(max(ahead[-1], before[0] + 1))),
        span(past, truth, low, high),
        "steps from the newest value seen",
        name,
    )
    band = frame.path(ahead, high) + frame.path(ahead[::-1], low[::-1]).replace("M", "L") + "Z"
    known = np.concatenate([past, truth])
    places = np.concatenate([before, ahead])
    start = np.concatenate([past[-1:], middle])
    parts = [
        tag("path", class_="band", d=band),
        tag("path", class_="mark", d=frame.path((0, 0), frame.y)),
        tag("path", class_="line s1", d=frame.path(places, known)),
        tag("path", class_="line s2 dash", d=frame.path(np.arange(len(start)), start)),
    ]
    return frame.drawn(title, *parts)
