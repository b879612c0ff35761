"""What the tokens of a text take from each other, as a transformer's heads weigh them."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.errors import DataError, HyperparameterError
from ranvier.explain import drawing, heatmap, showing, tracks
from ranvier.explain.markup import Markup, tag

if TYPE_CHECKING:
    from rich.text import Text

Array = np.ndarray[Any, Any]

MOST_TOKENS = 40  # of a map, so that they can be read
MOST_SMALL = 64  # of the small maps of all heads
PAGE_ROWS = 10  # that are shown where no number is given
WIDTH, SMALL = 900, 132  # of the picture of all heads, about; of one of its maps, about
STRONGEST = 8  # tokens that are listed
BAR = 30  # characters


@dataclass(frozen=True, kw_only=True, eq=False)
class Attention:
    """The attention of N rows.

    Attributes:
        tokens: of each row its tokens as they stand in the text; of numbers the steps.
        weights: of each row float32 (layers, heads, tokens, tokens): how much the token of a row
            takes of that of a column; rows sum to 1.
        marks: of each row bool (tokens,): which tokens mark its start or end.
        causal: whether no token sees those behind it.
    """

    tokens: tuple[tuple[str, ...], ...]
    weights: tuple[Array, ...]
    marks: tuple[Array, ...]
    causal: bool

    def __len__(self) -> int:
        return len(self.weights)

    def mean(self, row: int = 0, layer: int = -1) -> Array:
        """Float32 (tokens, tokens): the mean over the heads of a layer; the last one is -1."""
        layers = len(self.weights[row])
        if not -layers <= layer < layers:
            raise HyperparameterError(
                f"layer must be a number from 0 to {layers - 1}, or -1 for the last; got {layer!r}."
            )
        found: Array = self.weights[row][layer].mean(axis=0)
        return found

    def looks_at(
        self, row: int = 0, token: int | str | None = None, layer: int = -1
    ) -> list[tuple[str, float]]:
        """What one token takes of each token, in their order; the mean over the heads.

        Args:
            row: of which text.
            token: its place from 0, or its text; None: of a causal model the last, else the
                longest.
            layer: whose heads; -1: the last.
        """
        shares = self.mean(row, layer)[self._place(row, token)]
        return list(zip(self.tokens[row], shares.tolist(), strict=True))

    def drawn(self, row: int = 0, layer: int = -1) -> Array:
        """Uint8 (height, width, 3): the mean over a layer's heads, and below it all heads' maps."""
        count = MOST_TOKENS
        above = heatmap.on_paper(self.tokens[row][:count], self.mean(row, layer)[:count, :count])
        below = tracks.on_paper(self._small(row))
        wide = max(above.shape[1], below.shape[1])
        gap = np.full((16, wide, 3), 255, np.uint8)
        return np.concatenate([_as_wide(above, wide), gap, _as_wide(below, wide)])

    def save(self, path: str | Path, row: int = 0, layer: int = -1) -> None:
        """Write `drawn` as a picture (attention.png), or all rows as a page (attention.html)."""
        if Path(path).suffix.lower() in showing.PAGES:
            blocks = [self.as_html(number, layer) for number in range(len(self))]
            showing.write_page(path, "What the tokens look at", *blocks)
        else:
            drawing.save(self.drawn(row, layer), path)

    def as_html(self, row: int = 0, layer: int = -1, *, small: bool = True) -> Markup:
        """One row's maps, for pages that hold `showing.STYLE`.

        Args:
            row: which.
            layer: whose mean is drawn large.
            small: whether the maps of all heads stand below it.
        """
        count = min(MOST_TOKENS, len(self.tokens[row]))
        layers, heads = self.weights[row].shape[:2]
        number = range(layers)[layer] + 1
        words = (
            f"Layer {number} of {layers}, the mean over its {heads} heads: how much the token of a "
            "line takes of the token of each column"
        )
        if count < len(self.tokens[row]):
            words += f"; the first {count} of {len(self.tokens[row]):,} tokens"
        mean = self.mean(row, layer)[:count, :count]
        large = heatmap.map_of(self.tokens[row][:count], mean, words)
        parts = [tag("p", f"{words}.", class_="small"),
                 tag("div", large, style="overflow-x:auto")]  # fmt: skip
        if small:
            parts.append(self.heads_as_html(row))
        return tag("div", *parts, class_="why")

    def heads_as_html(self, row: int = 0) -> Markup:
        """One row's maps of every head, small, as a picture."""
        data = base64.b64encode(drawing.png(self._small(row), heatmap.SHADES)).decode()
        told = "Every head by itself: a row for each layer, a column for each head"
        image = tag(
            "img", src=f"data:image/png;base64,{data}", alt=told,
            style="max-width:100%;height:auto;image-rendering:pixelated;display:block",
        )  # fmt: skip
        return tag("div", tag("p", f"{told}.", class_="small"), image)

    def show(self, row: int = 0, token: int | str | None = None, layer: int = -1) -> None:
        """Print what one token looks at; see `looks_at`."""
        showing.show(Looks(self, row, self._place(row, token), layer))

    def _repr_html_(self) -> str:
        blocks = [self.as_html(row) for row in range(min(PAGE_ROWS, len(self)))]
        return showing.in_notebook(*blocks)

    def __str__(self) -> str:
        return str(Looks(self, 0, self._place(0, None), -1)) if len(self) else "no rows"

    def __rich__(self) -> Text:
        return Looks(self, 0, self._place(0, None), -1).__rich__()

    def _place(self, row: int, token: int | str | None) -> int:
        tokens = self.tokens[row]
        if token is None and self.causal:
            return len(tokens) - 1
        if token is None:
            sizes = [len(word) * (not mark) for word, mark in zip(tokens, self.marks[row],
                                                                  strict=True)]  # fmt: skip
            return int(np.argmax(sizes))
        if isinstance(token, str):
            stripped = [word.strip() for word in tokens]
            if token.strip() not in stripped:
                raise DataError(
                    f"The row has no token {token!r}: its tokens are "
                    f"{', '.join(stripped[:STRONGEST])}, ..."
                )
            return stripped.index(token.strip())
        if not 0 <= token < len(tokens):
            raise DataError(
                f"token must be a place from 0 to {len(tokens) - 1}, or a token's text; "
                f"got {token!r}."
            )
        return token

    def _small(self, row: int) -> Array:
        """The maps of all heads, uint8 RGBA."""
        some = self.weights[row][:, :, :MOST_SMALL, :MOST_SMALL]
        side = max(1, min(SMALL, WIDTH // some.shape[1]) // some.shape[2])
        return heatmap.tiled(some, side)


@dataclass(frozen=True, eq=False)
class Looks:
    """What one token looks at, to be printed."""

    seen: Attention
    row: int
    token: int
    layer: int

    def __str__(self) -> str:
        lines = [self._head()]
        lines += [f"  {share:6.1%}  {heatmap.label(word)}" for word, share in self._strongest()]
        return "\n".join(lines)

    def __rich__(self) -> Text:
        from rich.text import Text

        whole = Text(f"{self._head()}\n", style="bold")
        most = max(share for _, share in self._strongest())
        for word, share in self._strongest():
            whole.append(f"{heatmap.label(word):>15} ", style="")
            whole.append("━" * max(1, round(BAR * share / most)), style="cyan")
            whole.append(f" {share:.1%}\n", style="dim")
        whole.rstrip()
        return whole

    def _head(self) -> str:
        word = heatmap.label(self.seen.tokens[self.row][self.token])
        number = range(len(self.seen.weights[self.row]))[self.layer] + 1
        return f"“{word}” (token {self.token}) looks at, in layer {number}:"

    def _strongest(self) -> list[tuple[str, float]]:
        every = self.seen.looks_at(self.row, self.token, self.layer)
        return sorted(every, key=lambda pair: -pair[1])[:STRONGEST]


def _as_wide(picture: Array, wide: int) -> Array:
    whole = np.full((picture.shape[0], wide, 3), 255, np.uint8)
    whole[:, : picture.shape[1]] = picture
    return whole
