"""Which lines of a function are blocks."""

from __future__ import annotations

import numpy as np

from ranvier.export.source.holding import Attribute
from ranvier.export.source.repeating import Entry, repeated
from ranvier.export.source.torch import Torch

RETURNED = "        return x"


def _attributes(*names: str, sizes: dict[str, int] | None = None) -> dict[str, Attribute]:
    found = {}
    for name in names:
        size = (sizes or {}).get(name, 4)
        path = "stack/" + "/".join(name.rsplit("_", 1))
        found[name] = Attribute(
            path, lambda name, size=size: [f"self.{name} = Layer({size})"], {"": np.zeros(1)}
        )
    return found


def _block(number: int, comment: str = "") -> list[Entry]:
    return [
        Entry("y", f"self.norm_{number}(x)", ""),
        Entry("y", f"self.dense_{number}(y)", comment),
        Entry("y", "torch.where(mask, y * self.scale, 0.0)", ""),
        Entry("x", "x + y", ""),
    ]


def _held(count: int, **settings: dict[str, int]) -> dict[str, Attribute]:
    names = [f"{kind}_{number}" for number in range(count) for kind in ("norm", "dense")]
    return _attributes("scale", *names, **settings)


def _lines(count: int) -> list[Entry]:
    middle = [entry for number in range(count) for entry in _block(number)]
    first = [Entry("x", "self.first(numbers)", ""), Entry("mask", "x < 1.0", "")]
    return [*first, *middle, Entry("x", "torch.tanh(x)", "")]


def test_blocks_are_found_with_what_goes_through_them():
    blocks = repeated(_lines(3), RETURNED, _held(3), Torch())
    assert (blocks.first, blocks.last, len(blocks.names)) == (2, 14, 3)
    assert blocks.inputs == ["x", "mask", "scale"]
    assert blocks.loop() == [
        "        for block in self.blocks:",
        "            x = block(x, mask, self.scale)",
    ]
    assert blocks.names[2] == {"norm_2": "norm", "dense_2": "dense"}
    assert blocks.lines == ["self.norm = Layer(4)", "self.dense = Layer(4)"]
    assert blocks.body()[2] == "        y = torch.where(mask, y * scale, 0.0)"


def test_layers_of_other_sizes_are_no_block():
    held = _held(2, sizes={"dense_1": 5})
    assert repeated(_lines(2), RETURNED, held, Torch()) is None


def test_a_block_that_differs_stays_outside():
    held = _held(3, sizes={"dense_0": 5})
    blocks = repeated(_lines(3), RETURNED, held, Torch())
    assert (blocks.first, blocks.last) == (6, 14)


def test_two_variables_that_go_on_are_no_block():
    lines = [*_lines(2), Entry("x", "x + y", "")]
    assert repeated(lines, RETURNED, _held(2), Torch()) is None


def test_a_shape_that_changes_is_not_told():
    lines = [*_block(0, "(batch, 8)"), *_block(1, "(batch, 4)")]
    blocks = repeated(lines, RETURNED, _held(2), Torch())
    assert [entry.comment for entry in blocks.entries] == ["", "", "", ""]


def test_an_attribute_in_two_places_is_the_same_in_each_block():
    lines = [*_block(0), *_block(1)]
    lines[4] = Entry("y", "self.dense_1(x)", "")
    lines[5] = Entry("y", "self.norm_1(y)", "")
    assert repeated(lines, RETURNED, _held(2), Torch()) is not None
    lines[5] = Entry("y", "self.dense_1(y)", "")
    assert repeated(lines, RETURNED, _held(2), Torch()) is None
