"""What explanations share whose rows are gone through step by step: answers, and how to show."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from ranvier.explain import showing
from ranvier.explain.markup import Markup, tag, with_lines

if TYPE_CHECKING:
    from rich.text import Text

OF_ALL_ROWS = ("unit", "channels")  # what an explanation holds once
SHOWN = 10  # rows that are shown where no number is given


@dataclass(frozen=True, kw_only=True, eq=False)
class Answered(ABC):
    """A model's answers for N rows, and what each is explained for.

    Attributes:
        predictions: (N,) or (N, outputs): classes or numbers, as `predict` gives them.
        sure: float64 (N,): the probability of the predicted class; None for other tasks.
        outputs: float64 (N,): the explained output, a logit or a number.
        baseline: float64 (N,): that output for a row of nothing but the padding or the mean. The
            attributions of a row add up to `outputs - baseline`, up to the error of integration.
        explained: (N,) what each row is explained for: its predicted class, or "".
        unit: what the values are measured in, such as "logit of the class".
    """

    predictions: np.ndarray
    sure: np.ndarray | None
    outputs: np.ndarray
    baseline: np.ndarray
    explained: np.ndarray
    unit: str

    def __len__(self) -> int:
        return len(self.outputs)

    def __getitem__(self, rows: slice) -> Self:
        """Some of the rows."""
        every = {field.name: getattr(self, field.name) for field in fields(self)}
        some = {name: value[rows] for name, value in every.items()
                if value is not None and name not in OF_ALL_ROWS}  # fmt: skip
        return replace(self, **some)

    @property
    def sides(self) -> tuple[str, str]:
        """What red and blue say."""
        if any(name != "" for name in self.explained):
            return "speaks for the answer", "against it"
        return "raises the number", "lowers it"

    def headline(self, row: int) -> str:
        """The answer, such as "sci.space, 97 % sure"."""
        said = ", ".join(_short(value) for value in np.ravel(self.predictions[row]))
        if self.sure is not None:
            said += f", {100 * self.sure[row]:.0f} % sure"
        name = _short(self.explained[row])
        return said if name in ("", _short(self.predictions[row])) else f"{said}; why {name}"

    def effect(self, row: int) -> str:
        """What the row added, such as "+3.2 on the logit of the class, from -0.41"."""
        start = self.baseline[row]
        return f"{self.outputs[row] - start:+.3g} on the {self.unit}, from {start:.3g}"

    def show(self, rows: int = SHOWN) -> None:
        """Print: in colours where the output is a terminal, else as plain lines."""
        showing.show(self[: max(0, rows)])

    def _repr_html_(self) -> str:
        return showing.in_notebook(*self._blocks(SHOWN))

    def _save_page(self, path: str | Path) -> None:
        showing.write_page(path, "What the model looks at", *self._blocks(len(self)))

    def _blocks(self, rows: int) -> list[Markup]:
        """What stands on a page: the legend, then each row under its answer."""
        blocks = [self.legend()]
        for row in range(min(rows, len(self))):
            head = tag("p", tag("b", with_lines(self.headline(row))), " · ", self.effect(row))
            blocks.append(tag("div", head, self.in_colours(row), class_="why"))
        if len(self) > rows:
            blocks.append(tag("p", f"and {len(self) - rows:,} more", class_="small"))
        return blocks

    def legend(self) -> Markup:
        """What the colours say, as HTML."""
        return showing.legend(self.sides, unread=False)

    def __str__(self) -> str:
        lines = []
        for row in range(len(self)):
            lines.append(f"{self.headline(row)} · {self.effect(row)}")
            lines += [f"  {part}" for part in self._named(row)]
        return "\n".join(lines)

    def __rich__(self) -> Text:
        from rich.text import Text

        whole = Text()
        for row in range(len(self)):
            whole.append("\n" if row else "")
            whole.append(self.headline(row), style="bold underline")
            whole.append(f" · {self.effect(row)}\n", style="dim")
            whole.append_text(self._in_terminal(row)).append("\n")
        for_it, against = self.sides
        whole.append(f"\n{for_it}", style=showing.style_of(1.0)).append("  ")
        whole.append(against, style=showing.style_of(-1.0))
        return whole

    @abstractmethod
    def _named(self, row: int) -> list[str]:
        """The parts of a row that moved its answer most, a line each, without colours."""

    @abstractmethod
    def _in_terminal(self, row: int) -> Text:
        """One row in a terminal's colours."""

    @abstractmethod
    def in_colours(self, row: int) -> Markup:
        """One row as HTML, for pages that hold `showing.STYLE`."""


def _short(value: object) -> str:
    """A class or a number as it is read."""
    if isinstance(value, (float, np.floating)):
        return f"{value:.4g}"
    text = with_lines(str(value))
    return text if len(text) <= 40 else text[:39] + "…"
