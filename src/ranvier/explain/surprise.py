"""Where a text surprises a model of language: each token's loss, in its place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.explain import showing
from ranvier.explain.markup import Markup, tag, with_lines
from ranvier.explain.pieces import Piece, excerpt, pieces

if TYPE_CHECKING:
    from rich.text import Text

Array = np.ndarray[Any, Any]

LONGEST, LONGEST_IN_TERMINAL = 4_000, 1_600  # characters of a text that are shown
STRONGEST = 5  # tokens that are listed
SHOWN = 10  # texts that are shown where no number is given
BEFORE = 24  # characters before a token that are told with it
DEEPEST = 0.98  # of the tokens are below the deepest colour
LEAST = 1.0  # nats of the deepest colour, at least


@dataclass(frozen=True)
class Surprising:
    """One token that a model did not expect.

    Attributes:
        before: what stands before it.
        text: the token.
        nats: minus the logarithm of its probability.
        guess: the likeliest token there.
        sure: how likely that was.
    """

    before: str
    text: str
    nats: float
    guess: str
    sure: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Surprise:
    """How much each token of N texts surprised a model of language.

    Attributes:
        texts: the texts, or passages of a book.
        spans: of each int64 (tokens, 2): between which characters each token stands.
        nats: of each float64 (tokens,): minus the logarithm of each token's probability, told
            from those before it, or by a masked model from all others; NaN where it was not told.
        guesses: of each the likeliest token at each place.
        sure: of each float64 (tokens,): how likely that was.
        read: of each the character from which on nothing was read.
    """

    texts: tuple[str, ...]
    spans: tuple[Array, ...]
    nats: tuple[Array, ...]
    guesses: tuple[tuple[str, ...], ...]
    sure: tuple[Array, ...]
    read: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.texts)

    def mean(self, row: int) -> float:
        """Nats a token; NaN where none was told."""
        told = self.nats[row][np.isfinite(self.nats[row])]
        return float(told.mean()) if len(told) else float("nan")

    def pieces(self, row: int) -> list[Piece]:
        """A whole text in order, each token with its nats."""
        told = np.isfinite(self.nats[row])
        text, spans, nats = self.texts[row], self.spans[row][told], self.nats[row][told]
        return pieces(text, spans, nats, self.read[row])

    def most_surprising(self, row: int, count: int = STRONGEST) -> list[Surprising]:
        """The tokens that were expected least, the least first."""
        nats, text = self.nats[row], self.texts[row]
        order = np.argsort(np.where(np.isfinite(nats), -nats, np.inf), kind="stable")[:count]
        return [
            Surprising(
                text[max(0, begin - BEFORE) : begin],
                text[begin:end],
                float(nats[place]),
                self.guesses[row][place],
                float(self.sure[row][place]),
            )
            for place in order.tolist()
            if np.isfinite(nats[place])
            for begin, end in (self.spans[row][place].tolist(),)
        ]

    def headline(self, row: int) -> str:
        """Such as "1.52 nats a token: it hesitates among 4.6 equally likely ones"."""
        mean = self.mean(row)
        if not np.isfinite(mean):
            return "no token could be told"
        return (
            f"{mean:.2f} nats a token: it hesitates among {np.exp(mean):,.1f} equally likely ones"
        )

    def show(self, rows: int = SHOWN) -> None:
        """Print: in colours where the output is a terminal, else the most surprising tokens."""
        showing.show(self[: max(0, rows)])

    def __getitem__(self, rows: slice) -> Surprise:
        """Some of the texts."""
        return Surprise(**{name: value[rows] for name, value in vars(self).items()})

    def save(self, path: str | Path) -> None:
        """Write all texts in colours as a page that needs nothing else, such as "why.html"."""
        showing.write_page(path, "Where the text surprises the model", *self._blocks(len(self)))

    def in_colours(self, row: int, longest: int = LONGEST) -> Markup:
        """One text as HTML, for pages that hold `showing.STYLE`; a long one cut with "…"."""
        return showing.text_in_colours(excerpt(self.pieces(row), longest), self._most(row))

    def legend(self) -> Markup:
        """What the colour says, as HTML."""
        mark = tag("mark", "surprising", class_="for strong", style="--s:100%")
        return tag("p", mark, ": the less the model expected a token, the deeper", class_="legend")

    def _repr_html_(self) -> str:
        return showing.in_notebook(*self._blocks(SHOWN))

    def _blocks(self, rows: int) -> list[Markup]:
        blocks = [self.legend()]
        for row in range(min(rows, len(self))):
            head = tag("p", tag("b", self.headline(row)))
            blocks.append(tag("div", head, self.in_colours(row), class_="why"))
        if len(self) > rows:
            blocks.append(tag("p", f"and {len(self) - rows:,} more", class_="small"))
        return blocks

    def __str__(self) -> str:
        lines = []
        for row in range(len(self)):
            lines.append(self.headline(row))
            lines += [f"  {_told(one)}" for one in self.most_surprising(row)]
        return "\n".join(lines)

    def __rich__(self) -> Text:
        from rich.text import Text

        whole = Text()
        for row in range(len(self)):
            whole.append("\n" if row else "")
            whole.append(f"{self.headline(row)}\n", style="bold underline")
            some = excerpt(self.pieces(row), LONGEST_IN_TERMINAL)
            whole.append_text(showing.text_for_terminal(some, self._most(row))).append("\n")
            for one in self.most_surprising(row):
                whole.append(f"  {_told(one)}\n", style="dim")
        whole.append("surprising", style=showing.style_of(1.0))
        whole.append(": the less it was expected, the deeper")
        return whole

    def _most(self, row: int) -> float:
        """The nats whose colour is deepest; single tokens may have more."""
        told = self.nats[row][np.isfinite(self.nats[row])]
        return max(LEAST, float(np.quantile(told, DEEPEST))) if len(told) else LEAST


def _told(one: Surprising) -> str:
    """Such as "6.2 nats  the cat [s]; expected “w”, 41 %"."""
    return (
        f"{one.nats:5.2f} nats  {in_line(one.before)}[{in_line(one.text)}]; "
        f"expected “{in_line(one.guess)}”, {one.sure:.0%}"
    )


def in_line(text: str) -> str:
    """A piece of text as it stands in one line."""
    return " ".join(with_lines(text.replace("\n", "↵")).split("\t"))
