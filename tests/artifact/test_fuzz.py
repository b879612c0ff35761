"""Whatever happens to the bytes: an ArtifactError, or the very same parts."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ranvier.artifact import read, write
from ranvier.artifact.layout import MEMBERS
from ranvier.errors import ArtifactError
from tests.artifact.hostile import members_of, pack, safetensors
from tests.artifact.parts import PARTS, assert_same


def sample() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "m", PARTS)
        return (Path(folder) / "m").read_bytes()


SAMPLE = sample()


def refused_or_equal(raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m"
        path.write_bytes(raw)
        try:
            found = read(path)
        except ArtifactError:
            return
        assert_same(found, PARTS)


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m"
    for length in range(len(SAMPLE)):
        path.write_bytes(SAMPLE[:length])
        with pytest.raises(ArtifactError):
            read(path)


@given(
    st.lists(
        st.tuples(st.integers(0, len(SAMPLE) - 1), st.integers(1, 255)), min_size=1, max_size=4
    )
)
def test_flipped_bytes(flips: list[tuple[int, int]]) -> None:
    raw = bytearray(SAMPLE)
    for place, bits in flips:
        raw[place] ^= bits
    refused_or_equal(bytes(raw))


@given(st.integers(0, len(SAMPLE)), st.integers(0, 60), st.binary(max_size=60))
def test_replaced_ranges(place: int, length: int, new: bytes) -> None:
    refused_or_equal(SAMPLE[:place] + new + SAMPLE[place + length :])


def test_every_single_byte_flip() -> None:
    for place in range(len(SAMPLE)):
        for bits in (0x01, 0x80, 0xFF):
            raw = bytearray(SAMPLE)
            raw[place] ^= bits
            refused_or_equal(bytes(raw))


@given(st.sampled_from(MEMBERS), st.binary(max_size=200), st.sampled_from([0, 8]))
@example("weights.safetensors", safetensors({}), 0)
@example("weights.safetensors", safetensors({"__metadata__": {"a": "b"}}), 0)
def test_any_member_with_its_right_checksum(member: str, data: bytes, method: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m"
        path.write_bytes(SAMPLE)
        pack(path, members_of(path) | {member: data}, method)
        with contextlib.suppress(ArtifactError):
            read(path)


@given(
    st.dictionaries(
        st.sampled_from(["w", "v", "__metadata__"]),
        st.fixed_dictionaries(
            {
                "dtype": st.sampled_from(["F32", "BOOL", "BF16", "F4", "C64", "X", ""]),
                "shape": st.lists(st.integers(-1, 2**64), max_size=4) | st.none(),
                "data_offsets": st.lists(st.integers(0, 20), min_size=1, max_size=3),
            }
        ),
    ),
    st.binary(max_size=20),
)
def test_any_tensor_header(header: dict[str, Any], data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m"
        path.write_bytes(SAMPLE)
        pack(path, members_of(path) | {"weights.safetensors": safetensors(header, data)})
        with contextlib.suppress(ArtifactError):
            read(path)
