"""Pieces of Python that know how tightly they bind, so that no bracket is missing or too many."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ranvier.export.text import literal

# From what binds tightest: x[0], -x, x * y, x + y, x & y, x | y, x < y.
ATOM, SIGNED, PRODUCT, SUM, AND, OR, COMPARISON = range(7)
SIGNS = {
    "add": ("+", SUM),
    "subtract": ("-", SUM),
    "multiply": ("*", PRODUCT),
    "divide": ("/", PRODUCT),
    "logical_and": ("&", AND),
    "logical_or": ("|", OR),
    "equal": ("==", COMPARISON),
    "not_equal": ("!=", COMPARISON),
    "less": ("<", COMPARISON),
    "less_equal": ("<=", COMPARISON),
    "greater": (">", COMPARISON),
    "greater_equal": (">=", COMPARISON),
}


class Text(NamedTuple):
    """An expression.

    Attributes:
        words: as it is written.
        level: how loosely it binds.
    """

    words: str
    level: int = ATOM

    def within(self, level: int) -> str:
        """In brackets, if it binds more loosely than this."""
        return self.words if self.level <= level else f"({self.words})"


def infix(kind: str, left: Text, right: Text) -> Text:
    """Two operands and the sign between them."""
    sign, level = SIGNS[kind]
    nearer = level - 1 if level == COMPARISON else level
    return Text(f"{left.within(nearer)} {sign} {right.within(level - 1)}", level)


def prefix(sign: str, operand: Text) -> Text:
    """-x or ~x."""
    return Text(f"{sign}{operand.within(ATOM)}", SIGNED)


def call(function: str, *arguments: str | Text, **named: object) -> Text:
    """f(x, y, axis=1); what is named and None is left out."""
    words = [a.words if isinstance(a, Text) else a for a in arguments]
    words += [f"{name}={value}" for name, value in named.items() if value is not None]
    return Text(f"{function}({', '.join(words)})")


def method(operand: Text, name: str, *arguments: str, **named: object) -> Text:
    """x.f(1)."""
    return call(f"{operand.within(ATOM)}.{name}", *arguments, **named)


def index(operand: Text, parts: list[str]) -> Text:
    """x[:, 1:3], without the axes at the end that are taken whole."""
    while parts and parts[-1] == ":":
        parts = parts[:-1]
    return Text(f"{operand.within(ATOM)}[{', '.join(parts)}]") if parts else operand


def number(value: np.ndarray) -> Text:
    """One number."""
    words = literal(value.reshape(())[()])
    return Text(words, SIGNED if words.startswith("-") else ATOM)


def tuple_of(numbers: list[int]) -> str:
    """(1, 2); of one number, that number."""
    return str(numbers[0]) if len(numbers) == 1 else f"({', '.join(map(str, numbers))})"


def sides(numbers: list[int]) -> str:
    """2 where all axes have 2, and else (1, 2)."""
    return str(numbers[0]) if len(set(numbers)) == 1 else tuple_of(numbers)


def listed(parts: list[str]) -> str:
    """(a,) or (a, b)."""
    return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"
