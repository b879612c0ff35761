"""What in a text moved a model's answer: each token's part, in its place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ranvier.explain import showing
from ranvier.explain.answered import Answered
from ranvier.explain.markup import Markup, with_lines
from ranvier.explain.pieces import Piece, excerpt, pieces

if TYPE_CHECKING:
    import numpy as np
    from rich.text import Text

LONGEST = 4_000  # characters of a text that are shown; of longer ones the strongest places
LONGEST_IN_TERMINAL = 1_200
STRONGEST = 5  # tokens for, and as many against, where the colours are missing


@dataclass(frozen=True, kw_only=True, eq=False)
class TextExplanation(Answered):
    """What moved the predictions for N texts.

    Integrated gradients (Sundararajan, Taly and Yan 2017) from a text of nothing but padding, in
    which the marks around a text stay, along the tokens' vectors; and where the model also weighs
    words, what each of them adds there, which is known exactly. Columns beside the texts stay as
    they are.

    Attributes:
        texts: as the model was given them; of a pair both, the second below the first.
        spans: for each text int64 (tokens, 2): between which characters each token stands that
            was read.
        values: for each text float64 (tokens,): what each token added to the output.
        read: for each text the character from which on nothing was read.
        gaps: for each pair between which characters its first text was not read; else empty.
    """

    texts: tuple[str, ...]
    spans: tuple[np.ndarray, ...]
    values: tuple[np.ndarray, ...]
    read: tuple[int, ...]
    gaps: tuple[tuple[int, int], ...] = ()

    def pieces(self, row: int) -> list[Piece]:
        """A whole text as what speaks for the answer, what against it, and what is between."""
        gap = self.gaps[row] if self.gaps else (0, 0)
        return pieces(self.texts[row], self.spans[row], self.values[row], self.read[row], gap)

    def tokens(self, row: int) -> list[tuple[str, float]]:
        """Each token as it stands in the text, in order, and what it added to the output."""
        return [(p.text, p.value) for p in self.pieces(row) if p.value is not None]

    def strongest(self, row: int, count: int = STRONGEST) -> list[tuple[str, float]]:
        """The tokens that speak most for the answer, then those that speak most against it."""
        ordered = sorted(self.tokens(row), key=lambda token: -token[1])
        for_it = [token for token in ordered[:count] if token[1] > 0]
        against = [token for token in ordered[: -count - 1 : -1] if token[1] < 0]
        return [*for_it, *against]

    def _named(self, row: int) -> list[str]:
        return [
            f"{value:+8.3g}  {' '.join(with_lines(text).split())}"
            for text, value in self.strongest(row)
        ]

    def _in_terminal(self, row: int) -> Text:
        return showing.text_for_terminal(excerpt(self.pieces(row), LONGEST_IN_TERMINAL))

    def in_colours(self, row: int, longest: int = LONGEST) -> Markup:
        """One text as HTML, for pages that hold `showing.STYLE`; a long one cut with "…"."""
        return showing.text_in_colours(excerpt(self.pieces(row), longest))

    def save(self, path: str | Path) -> None:
        """Write all texts in colours as a page that needs nothing else, such as "why.html"."""
        self._save_page(path)

    def legend(self) -> Markup:
        """What the colours say, as HTML."""
        unread = any(read < len(text) for read, text in zip(self.read, self.texts, strict=True))
        unread = unread or any(begin < end for begin, end in self.gaps)
        return showing.legend(self.sides, unread)
