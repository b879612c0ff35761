"""The frame of a chart: from values to places, with axes, ticks and names."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ranvier.report.html import Markup, join, tag
from ranvier.report.numbers import short

WIDTH, HEIGHT = 380, 250
LEFT, RIGHT, TOP, BOTTOM = 66, 20, 12, 46


@dataclass(frozen=True)
class Frame:
    """Ranges of both axes, and their names.

    Attributes:
        x, y: lowest and highest value.
        x_name, y_name: written beside the axes.
        shares: the values are shares, written as percent.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    x_name: str
    y_name: str
    shares: bool = False

    def across(self, value: float) -> float:
        """Where a value lies from the left."""
        return LEFT + (value - self.x[0]) / (self.x[1] - self.x[0]) * (WIDTH - LEFT - RIGHT)

    def down(self, value: float) -> float:
        """Where a value lies from the top."""
        share = (value - self.y[0]) / (self.y[1] - self.y[0])
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    def path(self, xs: Sequence[float] | np.ndarray, ys: Sequence[float] | np.ndarray) -> str:
        """A line through points; what is not finite interrupts it."""
        parts, pen = [], "M"
        for x, y in zip(xs, ys, strict=True):
            if not (math.isfinite(x) and math.isfinite(y)):
                pen = "M"
                continue
            parts.append(f"{pen}{self.across(x):.1f} {self.down(y):.1f}")
            pen = "L"
        return "".join(parts)

    def drawn(self, title: str, *content: object) -> Markup:
        """The whole picture."""
        return picture(title, HEIGHT, self._axes(), *content)

    def _axes(self) -> Markup:
        parts: list[Markup] = []
        for value in ticks(*self.y):
            y = self.down(value)
            parts.append(tag("path", class_="grid", d=f"M{LEFT} {y:.1f}H{WIDTH - RIGHT}"))
            parts.append(tag("text", self._text(value), x=LEFT - 6, y=y + 4.0, class_="end"))
        floor = HEIGHT - BOTTOM
        for value in ticks(*self.x):
            x = self.across(value)
            parts.append(tag("path", class_="grid", d=f"M{x:.1f} {floor}v4"))
            parts.append(tag("text", self._text(value), x=x, y=floor + 17, class_="mid"))
        parts.append(tag("path", class_="axis", d=f"M{LEFT} {floor}H{WIDTH - RIGHT}"))
        middle = (LEFT + WIDTH - RIGHT) / 2
        parts.append(tag("text", self.x_name, x=middle, y=HEIGHT - 8, class_="mid name"))
        height = (TOP + floor) / 2
        turn = f"translate(13 {height:.0f}) rotate(-90)"
        parts.append(tag("text", self.y_name, transform=turn, class_="mid name"))
        return join(parts)

    def _text(self, value: float) -> str:
        if self.shares:
            return f"{100 * value:.0f} %"
        for size, unit in ((1e9, " G"), (1e6, " M"), (1e4, " k")):
            if abs(value) >= size:
                return _plain(value / (1e3 if unit == " k" else size)) + unit
        return _plain(value)


def _plain(value: float) -> str:
    """Without zeros at the end."""
    text = short(value, 4)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def picture(title: str, height: float, *content: object) -> Markup:
    """An SVG image of the usual width, with a title for those who hear the page."""
    return tag(
        "svg",
        tag("title", title),
        *content,
        viewBox=f"0 0 {WIDTH} {height:.0f}",
        role="img",
        aria_label=title,
    )


def figure(image: Markup, *words: object) -> Markup:
    """A picture and the numbers it shows."""
    return tag("figure", image, tag("figcaption", *words))


def span(*values: np.ndarray, margin: float = 0.04) -> tuple[float, float]:
    """Lowest and highest finite value, with a margin; never empty."""
    whole = np.concatenate([np.ravel(part) for part in values]).astype(np.float64)
    whole = whole[np.isfinite(whole)]
    if not len(whole):
        return 0.0, 1.0
    low, high = float(whole.min()), float(whole.max())
    gap = (high - low) * margin or abs(high) * 0.1 or 1.0
    return low - gap, high + gap


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round values between two others."""
    raw = (high - low) / most
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [number * step for number in range(first, math.floor(high / step + 1e-9) + 1)]
