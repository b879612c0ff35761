"""Two pictures in the unit square: the ROC curve, and stated against true probabilities."""

from __future__ import annotations

import math

import numpy as np

from ranvier.report.charts.frame import Frame
from ranvier.report.html import Markup, tag

_UNIT = (0.0, 1.0)


def roc_curve(title: str, false: np.ndarray, found: np.ndarray) -> Markup:
    """The share found (P,) over the share of false alarms (P,)."""
    frame = Frame(_UNIT, _UNIT, "false alarms", "found", shares=True)
    return frame.drawn(
        title, _diagonal(frame), tag("path", class_="line s1", d=frame.path(false, found))
    )


def reliability(title: str, sure: np.ndarray, right: np.ndarray, counts: np.ndarray) -> Markup:
    """What came true over what was stated, (B,) each; the dots grow with the counts (B,)."""
    frame = Frame(_UNIT, _UNIT, "stated probability", "came true", shares=True)
    most = math.sqrt(counts.max()) if len(counts) else 1.0
    dots = [
        tag(
            "circle",
            tag("title", f"stated {100 * x:.0f} %, came true {100 * y:.0f} %, {count:,} times"),
            class_="dot s1",
            cx=frame.across(x),
            cy=frame.down(y),
            r=2.5 + 6.5 * math.sqrt(count) / most,
        )
        for x, y, count in zip(sure.tolist(), right.tolist(), counts.tolist(), strict=True)
    ]
    line = tag("path", class_="line s1 thin", d=frame.path(sure, right))
    return frame.drawn(title, _diagonal(frame), line, *dots)


def _diagonal(frame: Frame) -> Markup:
    return tag("path", class_="mark", d=frame.path((0, 1), (0, 1)))
