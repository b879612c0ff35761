"""Sizes and times that follow from the data by rule: chunk length, memory budget."""

from __future__ import annotations

import re

from ranvier.errors import HyperparameterError

CHUNK_SECONDS = 0.25  # keeps progress live and Ctrl-C quick
CHUNK_BYTES = 16 << 20  # batches prepared at once: more falls out of the processor's cache
LONGEST_CHUNK = 4096
# A careful guess at a small processor's speed; wrong by a factor of four, it makes a chunk
# a second or a sixteenth long, and changes no result.
FLOPS, STEP_SECONDS = 1e11, 3e-5
DEFAULT_MEMORY = 4 << 30

_UNITS = {"": 1, "B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12,
          "KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40}  # fmt: skip


def chunk_steps(products: float, batch_size: int, row_bytes: int) -> int:
    """How many steps make a chunk of about `CHUNK_SECONDS`.

    Forward, input gradient and weight gradient are each one multiplication and one addition for
    each of a row's `products`.
    """
    seconds = STEP_SECONDS + 6.0 * products * batch_size / FLOPS
    by_memory = CHUNK_BYTES // max(1, batch_size * row_bytes)
    return int(max(1, min(CHUNK_SECONDS / seconds, by_memory, LONGEST_CHUNK)))


def memory_budget(max_memory: str | int | None) -> int:
    """Bytes that data may take: a table while it is read, its rows on an accelerator.

    Raises:
        HyperparameterError: not a size such as 2000000000 or "2 GB".
    """
    if max_memory is None:
        return DEFAULT_MEMORY
    match = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)\s*", str(max_memory))
    if isinstance(max_memory, bool) or not match or match[2].upper() not in _UNITS:
        raise HyperparameterError(
            f"max_memory must be a size such as '2 GB' or a number of bytes; got {max_memory!r}."
        )
    return int(float(match[1]) * _UNITS[match[2].upper()])
