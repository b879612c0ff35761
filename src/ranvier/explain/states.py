"""What recurrent layers carry along, as a picture over time: units from top to bottom."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ranvier.explain import drawing, showing, tracks
from ranvier.explain.markup import Markup, tag

Array = np.ndarray[Any, Any]

MOST_WORDS = 48  # tokens that are drawn, so that they can be read
WIDTH = 720  # of the picture, about
TALL = 200  # of a layer, about
WORD_HEIGHT, WORD_SIZE = 96, 12
LONGEST_WORD = 14  # characters
GAP = 6
SHADES = 128  # of a picture on a page
# Below zero blue, about zero white, above red: Moreland's cool to warm (2009), a little deeper.
COLOURS = np.array(
    [(40, 66, 180), (142, 172, 240), (240, 240, 240), (242, 154, 124), (170, 10, 38)]
)


@dataclass(frozen=True, eq=False)
class States:
    """The states of N rows.

    Attributes:
        names: of the layers, such as "hidden 1 both ways", whose second half of units reads the
            row from its end.
        values: for each row and layer float32 (steps, units): the state after each step.
        words: for each text its tokens, one for each step; empty for sequences.
        series: for each sequence float32 (steps, channels); empty for texts.
    """

    names: tuple[str, ...]
    values: tuple[tuple[np.ndarray, ...], ...]
    words: tuple[tuple[str, ...], ...] = ()
    series: tuple[np.ndarray, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    def __str__(self) -> str:
        lines = [f"states of {len(self)} row{'s' * (len(self) != 1)}"]
        for place, name in enumerate(self.names):
            steps = [len(row[place]) for row in self.values]
            low, high = min(steps, default=0), max(steps, default=0)
            counted = f"{low:,} steps" if low == high else f"{low:,} to {high:,} steps"
            units = self.values[0][place].shape[1] if self.values else 0
            lines.append(f"  {name}: {counted}, {units:,} units")
        return "\n".join(lines)

    def drawn(self, row: int = 0) -> np.ndarray:
        """Uint8 (height, width, 3): one row's states over time, with the row itself above them.

        Of a long text the first `MOST_WORDS` tokens.
        """
        layers = [picture for picture, _ in self._maps(row)]
        width = layers[0].shape[1]
        gap = np.full((GAP, width, 3), 255, np.uint8)
        above = self._words_drawn(row, width) if self.words else self._series_drawn(row, width)
        parts = [*above, *layers]
        return np.concatenate([part for each in parts for part in (each, gap)][:-1])

    def save(self, path: str | Path, row: int = 0) -> None:
        """Write `drawn` as a picture file, the kind by its suffix."""
        drawing.save(self.drawn(row), path)

    def _repr_html_(self) -> str:
        return showing.in_notebook(self.as_html())

    def as_html(self, row: int = 0) -> Markup:
        """One row's states, the row itself above them."""
        layers = self._maps(row)
        width = layers[0][0].shape[1]
        parts: list[Markup] = []
        if self.words:
            shown = self.words[row][:MOST_WORDS]
            words = [
                tag(
                    "span",
                    shortened(word) or "·",
                    style="writing-mode:vertical-rl;justify-self:center",
                )
                for word in shown
            ]
            grid = (
                f"display:grid;grid-template-columns:repeat({len(words)},minmax(0,1fr));"
                "align-items:end;font-size:12px;line-height:1"
            )
            parts.append(tag("div", *words, style=grid, dir="ltr"))
        else:
            for channel in self._channels(row):
                line = self.series[row][:, channel]
                parts.append(_image(tracks.track(line, None, width=width), f"channel {channel}"))
        for name, (picture, most), values in zip(self.names, layers, self.values[row], strict=True):
            words_of = f"{name}: {values.shape[1]:,} units, the deepest colour at ±{most:.2g}"
            parts.append(tag("p", words_of, class_="small"))
            parts.append(_image(picture, f"{name}: a line for each unit, a column for each step"))
        rest = len(self.words[row]) - MOST_WORDS if self.words else 0
        if rest > 0:
            words_left = f"and {rest:,} more step{'s' * (rest > 1)}"
            parts.append(tag("p", words_left, class_="small"))
        return tag("div", *parts, style=f"max-width:{width}px")

    def _maps(self, row: int) -> list[tuple[Array, float]]:
        """A picture of each layer, all of one width, and the state whose colour is deepest."""
        found = []
        for values in self.values[row]:
            shown = values[:MOST_WORDS] if self.words else values  # (steps, units)
            most = float(np.quantile(np.abs(shown), 0.995)) or 1.0
            picture = _coloured(shown.T / most)  # (units, steps, 3)
            across = max(1, round(WIDTH / picture.shape[1]))
            down = max(1, round(TALL / picture.shape[0]))
            found.append((picture.repeat(down, axis=0).repeat(across, axis=1), most))
        return found

    def _channels(self, row: int) -> Sequence[int]:
        """The first few channels."""
        return range(min(4, self.series[row].shape[1]))

    def _series_drawn(self, row: int, width: int) -> list[Array]:
        return [
            tracks.on_paper(tracks.track(self.series[row][:, channel], None, width=width))
            for channel in self._channels(row)
        ]

    def _words_drawn(self, row: int, width: int) -> list[Array]:
        """The tokens on their side, each above its column."""
        from PIL import Image, ImageDraw, ImageFont

        words = self.words[row][:MOST_WORDS]
        column = width // len(words)
        font = ImageFont.load_default(min(WORD_SIZE, max(8, column - 2)))
        # Lying down, and turned as a whole.
        image = Image.new("RGB", (WORD_HEIGHT, width), "white")
        pen = ImageDraw.Draw(image)
        for place, word in enumerate(words):
            middle = width - (place + 0.5) * column
            end = (WORD_HEIGHT - 4, middle)
            pen.text(end, shortened(word), fill=(30, 34, 40), font=font, anchor="rm")
        return [np.asarray(image.rotate(-90, expand=True))]


def shortened(word: str) -> str:
    """A token as it fits above its column."""
    return word if len(word) <= LONGEST_WORD else word[: LONGEST_WORD - 1] + "…"


def _coloured(share: Array) -> Array:
    """Uint8 RGB of numbers from -1 to 1."""
    places = (np.clip(share, -1.0, 1.0) + 1.0) / 2.0 * (len(COLOURS) - 1)
    low = np.minimum(places.astype(int), len(COLOURS) - 2)
    mixed = COLOURS[low] + (COLOURS[low + 1] - COLOURS[low]) * (places - low)[..., None]
    return np.asarray(mixed.round()).astype(np.uint8)


def _image(picture: Array, words: str) -> Markup:
    data = base64.b64encode(drawing.png(picture, SHADES)).decode()
    return tag("img", src=f"data:image/png;base64,{data}", alt=words,
               style="width:100%;height:auto;image-rendering:pixelated;display:block")  # fmt: skip
