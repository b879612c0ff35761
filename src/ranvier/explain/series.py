"""What in a sequence moved a model's answer: each step's and each channel's part."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ranvier.explain import drawing, showing, tracks
from ranvier.explain.answered import Answered
from ranvier.explain.markup import Markup, tag

if TYPE_CHECKING:
    from rich.text import Text

MOST_CHANNELS = 8  # that are drawn, those that moved the answer most
MOST_ROWS = 16  # of a picture
COLOURS = 64  # of a channel's picture
BLOCKS = "▁▂▃▄▅▆▇█"
COLUMNS = 72  # of a terminal's line that a channel takes
STRONGEST = 5  # steps that are named


@dataclass(frozen=True, kw_only=True, eq=False)
class SequenceExplanation(Answered):
    """What moved the predictions for N sequences.

    Integrated gradients (Sundararajan, Taly and Yan 2017) from a row whose channels are at their
    mean throughout. Columns beside the sequences stay as they are.

    Attributes:
        series: for each row float32 (steps, channels), as the model was given them.
        values: for each row float64 (steps, channels): what each number added to the output.
        channels: their names.
    """

    series: tuple[np.ndarray, ...]
    values: tuple[np.ndarray, ...]
    channels: tuple[str, ...]

    def importance(self) -> np.ndarray:
        """Float64 (channels,): what each channel's steps moved, the mean over the rows."""
        moved: np.ndarray = np.mean([np.abs(v).sum(axis=0) for v in self.values], axis=0)
        return moved

    def strongest(self, row: int, count: int = STRONGEST) -> list[tuple[int, str, float]]:
        """The steps that moved the answer most: their number, their channel and their part."""
        values = self.values[row]
        order = np.argsort(-np.abs(values).ravel(), kind="stable")[:count]
        places = zip(*np.unravel_index(order, values.shape), strict=True)
        return [(int(s), self.channels[int(c)], float(values[s, c])) for s, c in places]

    def _named(self, row: int) -> list[str]:
        return [
            f"{value:+8.3g}  step {step + 1:,} of {channel}"
            for step, channel, value in self.strongest(row)
        ]

    def _in_terminal(self, row: int) -> Text:
        from rich.text import Text

        lines = [
            self._blocks_of(row, channel).append(f"  {self.channels[channel]}")
            for channel in self._drawn(row)
        ]
        return Text("\n").join(lines)

    def in_colours(self, row: int) -> Markup:
        """One sequence as HTML, for pages that hold `showing.STYLE`: a picture for each channel."""
        most, parts = self._most(row), list[Markup]()
        for channel in self._drawn(row):
            picture = tracks.track(self.series[row][:, channel], self.values[row][:, channel], most)
            data = base64.b64encode(drawing.png(picture, COLOURS)).decode()
            name = self.channels[channel]
            words = f"{name}: {len(self.series[row]):,} steps, coloured by what each added"
            parts.append(tag("span", name))
            parts.append(
                tag("img", src=f"data:image/png;base64,{data}", alt=words,
                    width=tracks.WIDTH, height=tracks.HEIGHT)
            )  # fmt: skip
        rest = len(self.channels) - len(parts) // 2
        if rest:
            parts += [tag("span", f"{rest:,} more"), tag("span", "moved the answer less")]
        return tag("div", *parts, class_="tracks")

    def drawn(self, rows: int = MOST_ROWS) -> np.ndarray:
        """Uint8 (height, width, 3): each row's channels as lines, coloured by what they added."""
        strips = []
        for row in range(min(rows, len(self))):
            most = self._most(row)
            for channel in self._drawn(row):
                line, values = self.series[row][:, channel], self.values[row][:, channel]
                strips.append(tracks.on_paper(tracks.track(line, values, most)))
            strips.append(np.full((8, tracks.WIDTH, 3), 255, np.uint8))
        return np.concatenate(strips[:-1])

    def save(self, path: str | Path, rows: int = MOST_ROWS) -> None:
        """Write a page with all rows (why.html), or `drawn` as a picture (why.png)."""
        if Path(path).suffix.lower() in showing.PAGES:
            self._save_page(path)
        else:
            drawing.save(self.drawn(rows), path)

    def _drawn(self, row: int) -> list[int]:
        """The channels that moved the answer most, in their own order."""
        moved = np.abs(self.values[row]).sum(axis=0)
        return sorted(np.argsort(-moved, kind="stable")[:MOST_CHANNELS].tolist())

    def _most(self, row: int) -> float:
        """The value whose colour is deepest; single larger ones may be."""
        return float(np.quantile(np.abs(self.values[row]), 0.995)) or 1.0

    def _blocks_of(self, row: int, channel: int) -> Text:
        """A channel as a line of blocks, the mean of a few steps each where there are many."""
        from rich.text import Text

        line, values = self.series[row][:, channel], self.values[row][:, channel]
        parts = np.array_split(np.arange(len(line)), min(COLUMNS, len(line)))
        heights = [_mean(line[part]) for part in parts]
        moved = np.array([values[part].sum() for part in parts])
        known = [height for height in heights if height == height] or [0.0]
        low, spread = min(known), (max(known) - min(known)) or 1.0
        most, text = float(np.abs(moved).max()) or 1.0, Text()
        for height, value in zip(heights, moved.tolist(), strict=True):
            level = round((height - low) / spread * (len(BLOCKS) - 1)) if height == height else -1
            text.append(BLOCKS[level] if level >= 0 else " ", style=showing.style_of(value / most))
        return text


def _mean(values: np.ndarray) -> float:
    """The mean of what is known; NaN where nothing is."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")
