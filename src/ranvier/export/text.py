"""Source text in Python: names, literals, and lines that formatters leave as they are.

`variables` says which name each array of a graph bears. Lines are as ruff and black lay them out
at their usual width.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ranvier.export.graph import Size

WIDTH = 88  # of a line, as most formatters have it
INDENT = "    "


def identifier(path: str) -> str:
    """A path of weights as a name in Python: "hidden/0/dense" to "hidden_0_dense"."""
    name = re.sub(r"\W+", "_", path, flags=re.ASCII).strip("_") or "unnamed"
    name = f"n{name}" if name[0].isdigit() else name
    return f"{name}_" if keyword.iskeyword(name) else name


class Names:
    """Names that are given once.

    Args:
        taken: what is not to be given.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def one(self, path: str) -> str:
        """The path's identifier, with a number behind it where it is taken."""
        base = name = identifier(path)
        number = 1
        while name in self._taken:
            number += 1
            name = f"{base}_{number}"
        self._taken.add(name)
        return name


def literal(value: Any) -> str:
    """A number, text or (nested) sequence of them, whose floats come back to the last bit.

    A float32 is written as short as float32 needs; NaN and infinities by `float("nan")`.
    """
    if isinstance(value, np.ndarray):
        return literal(list(value)) if value.ndim else literal(value[()])
    if isinstance(value, tuple):
        inside = ", ".join(map(literal, value))
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bool | np.bool_) or value is None:
        return str(value)
    if isinstance(value, int | np.integer):
        return str(int(value))
    if not np.isfinite(value):
        return f'float("{float(value)}")'
    return repr(float(np.format_float_scientific(value, trim="-"))).replace("e+", "e")


def quoted(text: str) -> str:
    """Text in double quotes."""
    inside = repr("'" + text)[2:-1]  # a single quote within, so that Python picks double ones
    return f'"{inside}"' if repr("'" + text)[0] == '"' else repr(text)


def shape_text(shape: Sequence[Size]) -> str:
    """The sizes of an array for a comment: "(b, 8, 64)"."""
    inside = ", ".join(map(str, shape))
    return f"({inside},)" if len(shape) == 1 else f"({inside})"


def call(
    head: str,
    arguments: Sequence[str],
    tail: str = "",
    *,
    indent: int = 1,
    comment: str = "",
) -> list[str]:
    """`head(arguments)tail` in one line; where that is too long, with the arguments below it.

    Args:
        head: what stands before the parenthesis, such as "x = nn.Linear".
        arguments: each as text.
        tail: what follows the closing parenthesis.
        indent: how deep.
        comment: behind the line, where it fits.
    """
    space = INDENT * indent
    line = f"{space}{head}({', '.join(arguments)}){tail}"
    if len(line) > WIDTH and arguments:
        together = f"{space}{INDENT}{', '.join(arguments)}"
        inner = [f"{space}{INDENT}{argument}," for argument in arguments]
        inner = [together] if len(together) <= WIDTH else inner
        return [f"{space}{head}(", *inner, remarked(f"{space}){tail}", comment)]
    return [remarked(line, comment)]


def remarked(line: str, comment: str) -> str:
    """The line with a comment behind it, where both fit."""
    longer = f"{line}  # {comment}"
    return longer if comment and len(longer) <= WIDTH else line
