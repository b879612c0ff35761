"""Which tokens may come next, and how likely each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.explain.markup import Markup, join, tag
from ranvier.explain.showing import in_notebook
from ranvier.families.transformer.generation.prompts import ending
from ranvier.families.transformer.generation.spelling import BEFORE
from ranvier.preprocessing.corpus import CorpusPreprocessor

if TYPE_CHECKING:
    from rich.text import Text

WIDTH = 30  # characters of the longest bar
END = "(end)"


@dataclass(frozen=True, eq=False)
class NextTokens:
    """The likeliest tokens after a text.

    Attributes:
        text: before them.
        tokens: as they would be written; "(end)" for the end of the text.
        numbers: int64 (top,), their numbers in the vocabulary.
        probabilities: float64 (top,).
        taken: the one that was drawn, as written; None where none was.
        share: how likely that was.
    """

    text: str
    tokens: tuple[str, ...]
    numbers: np.ndarray[Any, Any]
    probabilities: np.ndarray[Any, Any]
    taken: str | None = None
    share: float = 1.0

    def __len__(self) -> int:
        return len(self.tokens)

    def plain(self) -> dict[str, Any]:
        """Plain data for JSON."""
        named = zip(self.tokens, self.probabilities.tolist(), strict=True)
        found: dict[str, Any] = {
            "text": self.text,
            "candidates": [{"token": token, "probability": share} for token, share in named],
        }
        if self.taken is not None:
            found |= {"taken": self.taken, "probability": self.share}
        return found

    def __str__(self) -> str:
        return "\n".join(f"{token:12} {share:6.1%}" for token, share in self._lines())

    __repr__ = __str__

    def __rich__(self) -> Text:
        from rich.text import Text

        most = max(float(self.probabilities.max(initial=0.0)), 1e-9)
        whole = Text()
        for token, share in self._lines():
            style = "bold" if token == self._taken else ""
            bar = "━" * max(1, round(WIDTH * share / most))
            whole.append(f"{token:>12} ", style=style)
            whole.append(bar, style="cyan" if style else "dim")
            whole.append(f" {share:.1%}\n", style=style)
        whole.rstrip()
        return whole

    def show(self) -> None:
        """Print: bars in a terminal, elsewhere plain lines."""
        from ranvier.explain import showing

        showing.show(self)

    def _repr_html_(self) -> str:
        most = max(float(self.probabilities.max(initial=0.0)), 1e-9)
        rows = [
            tag(
                "div",
                tag("code", token),
                Markup(" "),
                tag("meter", f"{share:.1%}", min="0", max="1", value=f"{share / most:.3f}"),
                f" {share:.1%}",
            )
            for token, share in self._lines()
        ]
        return in_notebook(join(rows))

    def in_order(self) -> list[tuple[str, float]]:
        """The token that was drawn, as it can be seen, and those that might have come."""
        lines = self._lines()
        if self._taken is None:
            return lines
        return sorted(lines, key=lambda line: line[0] != self._taken)

    @property
    def _taken(self) -> str | None:
        return None if self.taken is None else visible(self.taken)

    def _lines(self) -> list[tuple[str, float]]:
        """The tokens as they can be seen; the one that was drawn at the end where it is rarer."""
        pairs = zip(map(visible, self.tokens), self.probabilities.tolist(), strict=True)
        lines = list(pairs)
        if self._taken is not None and self._taken not in [token for token, _ in lines]:
            lines.append((self._taken, self.share))
        return lines


def visible(token: str) -> str:
    """A token with its blanks, as on one line."""
    if token == END:
        return token
    return repr(token)


def most_likely(
    text: str,
    before: Sequence[int],
    shares: np.ndarray[Any, Any],
    preprocessor: CorpusPreprocessor,
    top: int,
    taken: int | None = None,
) -> NextTokens:
    """The `top` likeliest of all tokens.

    Args:
        text: see `NextTokens`.
        before: the tokens of the text.
        shares: float64 (vocabulary,).
        preprocessor: of the model.
        top: how many.
        taken: the token that was drawn.
    """
    order = np.argsort(-shares, kind="stable")[:top]
    order = order[shares[order] > 0]
    end, tokens = ending(preprocessor), preprocessor.tokens
    last = list(before[-BEFORE:])
    old = tokens.decode(last)

    def written(number: int) -> str:
        if number == end:
            return END
        new = tokens.decode([*last, number])
        return new[len(old) :] if new.startswith(old) else tokens.decode([number])

    return NextTokens(
        text,
        tuple(written(number) for number in order.tolist()),
        order.astype(np.int64),
        shares[order],
        None if taken is None else written(taken),
        1.0 if taken is None else float(shares[taken]),
    )
