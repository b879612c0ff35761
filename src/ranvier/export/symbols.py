"""Sizes that are known only when the network runs, as JAX has them."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any

import jax
from jax.errors import InconclusiveDimensionOperation

from ranvier.errors import ExportError
from ranvier.export.graph import Size


def symbolic(shape: tuple[Size, ...], scope: Any) -> tuple[Any, ...]:
    """A shape for JAX; `scope`: of all shapes of one function."""
    if all(isinstance(size, int) for size in shape):
        return shape
    words = ",".join(str(size) for size in shape)
    return tuple(jax.export.symbolic_shape(words, scope=scope))


def sizes(shape: Any) -> tuple[Size, ...]:
    """A shape of JAX as a graph has it."""
    return tuple(size if isinstance(size, int) else str(size) for size in shape)


def difference(one: Size, other: Size) -> int | None:
    """One less the other; None where that is no number: of "h + 4" and "h" it is 4."""
    left, right = terms(one), terms(other)
    number = left.pop("", 0) - right.pop("", 0)
    return number if left == right else None


def plus(size: Size, number: int) -> Size:
    """A size and a number."""
    if isinstance(size, int):
        return size + number
    return f"{size} + {number}" if number else size


TERM = r"(?:[a-z_]\w*(?:\^\d+)?|\d+)(?:\*(?:[a-z_]\w*(?:\^\d+)?|\d+))*"
SUM = re.compile(rf"\s*-?\s*{TERM}(?:\s*[+-]\s*{TERM})*\s*")


def terms(size: Size) -> dict[str, int]:
    """How often each product of symbols stands in a sum; of what is only a number it is "".

    Raises:
        ExportError: it is no such sum, but something divided or the larger of two, say.
    """
    if not SUM.fullmatch(str(size)):
        raise ExportError(f"The size {size} of an array cannot be exported.")
    found: dict[str, int] = {}
    for sign, term in re.findall(rf"([+-]?)\s*({TERM})", str(size)):
        count, symbols = 1, []
        for factor in term.split("*"):
            symbol, _, power = factor.partition("^")
            if symbol.isdigit():
                count *= int(symbol)
            else:
                symbols += [symbol] * int(power or 1)
        name = "*".join(sorted(symbols))
        found[name] = found.get(name, 0) + (-count if sign == "-" else count)
    return {name: count for name, count in found.items() if count}


@contextlib.contextmanager
def known_sizes(*, free: bool) -> Iterator[None]:
    """Say it in one sentence where a function has to know a size that it is not told.

    Args:
        free: whether other sizes than the batch's are free. Then arrays that do not fit together
            may do so where these are known.

    Raises:
        ExportError: it has to.
    """
    try:
        yield
    except (InconclusiveDimensionOperation, TypeError) as error:
        if not free and not any(word in str(error) for word in ("ymbolic", "_DimExpr")):
            raise  # a mistake of another kind
        raise ExportError(
            "The network has to know the sizes of what comes in, and cannot be exported without: "
            f"{str(error).splitlines()[0]}"
        ) from error
