"""Assignments that fit into the width, as formatters leave them."""

from __future__ import annotations

from ranvier.export.text import INDENT, WIDTH, remarked

DEPTH = 2  # of a method's body
OPEN, CLOSE = "([{", ")]}"


def is_wide(target: str, words: str) -> bool:
    """Whether an assignment takes more than a line."""
    return len(INDENT * DEPTH + f"{target} = {words}") > WIDTH


def assigned(target: str, words: str, comment: str = "", depth: int = DEPTH) -> list[str]:
    """target = words, in one line or with the arguments below it."""
    line = f"{INDENT * depth}{target} = {words}"
    if len(line) <= WIDTH:
        return [remarked(line, comment)]
    found = _spread(line, depth)
    return [*found[:-1], remarked(found[-1], comment)]


def _spread(line: str, depth: int) -> list[str]:
    """The last call of a line with its arguments below each other."""
    space = INDENT * depth
    last = line.rstrip(",")
    tail = line[len(last) :]
    opened = _opening(last)
    indexed = (
        opened and last[opened] == "[" and (last[opened - 1].isalnum() or last[opened - 1] in CLOSE)
    )
    if len(line) <= WIDTH or opened is None or indexed:
        return [line]
    head, inner = last[: opened + 1], last[opened + 1 : -1]
    found = [head]
    together = f"{space}{INDENT}{inner}"
    if len(together) <= WIDTH and not inner.endswith(","):
        return [head, together, f"{space}{last[-1]}{tail}"]
    for part in _parts(inner):
        found += _spread(f"{space}{INDENT}{part},", depth + 1)
    return [*found, f"{space}{last[-1]}{tail}"]


def _opening(line: str) -> int | None:
    """Where the bracket begins that the end of the line closes."""
    depth = 0
    for place in range(len(line) - 1, -1, -1):
        depth += (line[place] in CLOSE) - (line[place] in OPEN)
        if depth == 0:
            return place if line[place] in OPEN else None
    return None


def _parts(inner: str) -> list[str]:
    """What commas outside of brackets part."""
    found, depth, begun = [], 0, 0
    for place, sign in enumerate(inner):
        depth += (sign in OPEN) - (sign in CLOSE)
        if sign == "," and depth == 0:
            found.append(inner[begun:place].strip())
            begun = place + 1
    return [part for part in (*found, inner[begun:].strip()) if part]
