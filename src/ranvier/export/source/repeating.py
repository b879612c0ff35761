"""Blocks that follow each other: written once, as a module of their own, and gone through."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ranvier.export.source.dialect import Dialect
from ranvier.export.source.holding import Attribute
from ranvier.export.source.wrapping import assigned
from ranvier.export.text import Names

SHORTEST = 4  # lines of a block that is worth a class
HELD = re.compile(r"self\.(\w+)")


@dataclass(frozen=True)
class Entry:
    """A line of the function: target = words  # comment."""

    target: str
    words: str
    comment: str

    def lines(self) -> list[str]:
        """As text."""
        return assigned(self.target, self.words, self.comment)

    def held(self) -> list[str]:
        """The attributes that it reads."""
        return HELD.findall(self.words)

    def form(self) -> str:
        """What it is apart from the attributes."""
        return HELD.sub("self._", f"{self.target} = {self.words}")


@dataclass(frozen=True)
class Blocks:
    """Equal parts of a function.

    Attributes:
        first: the number of the first line.
        last: one behind the last line.
        names: for each block: what its attributes are called within it.
        lines: of the block's constructor.
        entries: of its function.
        inputs: what it takes: the variable that goes from block to block, and what stays.
        given: the same, as the network gives it.
    """

    first: int
    last: int
    names: list[dict[str, str]]
    lines: list[str]
    entries: list[Entry]
    inputs: list[str]
    given: list[str]

    def loop(self) -> list[str]:
        """The lines that go through them."""
        x = self.inputs[0]
        inner = assigned(x, f"block({', '.join(self.given)})", depth=3)
        return ["        for block in self.blocks:", *inner]

    def body(self) -> list[str]:
        """Of the block's function."""
        return [
            *(line for e in self.entries for line in e.lines()),
            f"        return {self.inputs[0]}",
        ]


def repeated(
    entries: list[Entry], returned: str, attributes: Mapping[str, Attribute], dialect: Dialect
) -> Blocks | None:
    """The blocks that save most lines; None where nothing is worth it."""
    best: tuple[int, Blocks] | None = None
    forms = [entry.form() for entry in entries]
    for size in range(SHORTEST, len(entries) // 2 + 1):
        first = 0
        while first + 2 * size <= len(entries):
            count = 1
            while (
                forms[first : first + size]
                == forms[first + count * size : first + (count + 1) * size]
            ):
                count += 1
            while count > 1 and (best is None or best[0] < size * (count - 1)):
                found = _blocks(entries, returned, attributes, dialect, first, size, count)
                if found is not None:
                    best = size * (count - 1), found
                count -= 1
            first += 1
    return None if best is None else best[1]


def _blocks(
    entries: list[Entry],
    returned: str,
    attributes: Mapping[str, Attribute],
    dialect: Dialect,
    first: int,
    size: int,
    count: int,
) -> Blocks | None:
    """These lines as blocks, if they are some: one variable goes from each to the next."""
    last = first + size * count
    parts = [entries[at : at + size] for at in range(first, last, size)]
    held = [[name for entry in part for name in entry.held()] for part in parts]
    own = [dict.fromkeys(n for n, m in zip(names, held[k - 1], strict=True) if n != m)
           for k, names in enumerate(held)]  # fmt: skip
    shared = dict.fromkeys(name for name in held[0] if name not in own[0])
    if not own[0] or not _are_alike(own, attributes):
        return None
    patterns = [
        [list(own[k]).index(name) if name in own[k] else name for name in names]
        for k, names in enumerate(held)
    ]
    if any(pattern != patterns[0] for pattern in patterns):
        return None
    inside = {name for names in own for name in names}
    outside = [*entries[:first], *entries[last:]]
    if any(name in inside for entry in outside for name in entry.held()) or inside & shared.keys():
        return None
    read = _read_first(parts[0])
    made = {name for entry in parts[0] for name in _names(entry.target)}
    after = _read_first(entries[last:]) | dict.fromkeys(
        _names(returned.strip().removeprefix("return "))
    )
    passed = made & (read.keys() | after.keys())
    if len(passed) != 1 or not passed <= read.keys():
        return None
    if shared.keys() & (made | read.keys()):
        return None
    x = passed.pop()
    local = _local(list(own[0]), attributes, dialect.reserved)
    places = {name: local[place] for place, name in enumerate(own[0])}
    ordered = [x, *(name for name in read if name != x)]
    return Blocks(
        first, last,
        [dict(zip(names, local, strict=True)) for names in own],
        [line for name, new in places.items() for line in attributes[name].made(new)],
        [_inner(lines, places, shared, dialect) for lines in zip(*parts, strict=True)],
        [*ordered, *shared],
        [*ordered, *(dialect.read(name).words for name in shared)],
    )  # fmt: skip


def _inner(
    lines: tuple[Entry, ...], own: Mapping[str, str], shared: Iterable[str], dialect: Dialect
) -> Entry:
    """One line for those of all blocks, with a shape where all have the same."""
    comment = lines[0].comment if len({line.comment for line in lines}) == 1 else ""
    return Entry(lines[0].target, _within(lines[0].words, own, shared, dialect), comment)


def _within(words: str, own: Mapping[str, str], shared: Iterable[str], dialect: Dialect) -> str:
    """Words of the network's function as the block says them."""
    for name in shared:
        words = re.sub(re.escape(dialect.read(name).words) + r"(?!\w)", name, words)
    return HELD.sub(lambda found: f"self.{own.get(found[1], found[1])}", words)


def _are_alike(own: list[dict[str, None]], attributes: Mapping[str, Attribute]) -> bool:
    """Whether the blocks hold the same things, which belong to one block each."""
    if len({name for names in own for name in names}) != sum(map(len, own)):
        return False
    if len({len(names) for names in own}) != 1:
        return False
    made = [[attributes[name].made("x") for name in names] for names in own]
    return all(lines == made[0] for lines in made)


def _local(
    names: list[str], attributes: Mapping[str, Attribute], reserved: Iterable[str]
) -> list[str]:
    """Short names: the paths without numbers and without what all begin with."""
    paths = [
        [part for part in (attributes[name].path or name).split("/") if not part.isdigit()]
        for name in names
    ]
    while all(len(path) > 1 for path in paths) and len({path[0] for path in paths}) == 1:
        paths = [path[1:] for path in paths]
    given = Names(reserved)
    return [given.one("/".join(path) or name) for path, name in zip(paths, names, strict=True)]


def _read_first(entries: Iterable[Entry]) -> dict[str, None]:
    """Variables that lines read before they make them."""
    made: set[str] = set()
    found: dict[str, None] = {}
    for entry in entries:
        found |= dict.fromkeys(name for name in _names(entry.words) if name not in made)
        made.update(_names(entry.target))
    return found


def _names(words: str) -> list[str]:
    """The variables in an expression."""
    known = {"self", "torch", "F", "jax", "jnp", "nnx", "read", "float", "bool"}
    tree = ast.walk(ast.parse(words, mode="eval"))
    nodes = [node for node in tree if isinstance(node, ast.Name) and node.id not in known]
    return [node.id for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset))]
