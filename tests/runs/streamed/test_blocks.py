"""Blocks of equally many rows, from pieces of any size."""

from __future__ import annotations

import hypothesis.strategies as st
import polars as pl
from hypothesis import given

from ranvier.data.streams.places import Place
from ranvier.runs.streamed.blocks import LEAST, blocks


@given(st.lists(st.integers(0, 900), max_size=12), st.integers(1, 700), st.integers(0, 1500))
def test_every_row_once_in_its_place(sizes: list[int], rows: int, skip: int) -> None:
    total = sum(sizes)
    whole = pl.DataFrame({"row": range(total)}, schema={"row": pl.Int64})
    starts = [sum(sizes[:number]) for number in range(len(sizes))]
    pieces = [
        (Place(0, start), whole[start : start + size])
        for start, size in zip(starts, sizes, strict=True)
    ]
    found = list(blocks(pieces, rows, skip))
    given_rows = [row for block in found for row in block.frame["row"].to_list()]
    assert given_rows == list(range(min(skip, total), total))
    assert all(block.frame.height == rows for block in found[:-1])
    if len(found) > 1:
        assert LEAST <= found[-1].frame.height < rows + LEAST
    after = skip
    for block in found:
        after += block.frame.height
        assert block.place.at + block.skip == after  # where it goes on
