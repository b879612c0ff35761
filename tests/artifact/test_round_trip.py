"""What goes in comes out."""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ranvier.artifact import FORMAT_VERSION, Parts, read, write
from ranvier.artifact.layout import MEMBERS
from ranvier.artifact.tensors import DTYPES
from tests.artifact.hostile import members_of, pack
from tests.artifact.parts import PARTS, assert_same


def test_parts_come_back(saved: Path) -> None:
    assert_same(read(saved), PARTS)
    assert_same(read(str(saved)), PARTS)


@pytest.mark.parametrize("dtype", DTYPES.values(), ids=lambda dtype: dtype.name)
def test_every_element_type(tmp_path: Path, dtype: np.dtype) -> None:
    arrays = {
        "matrix": np.arange(6).reshape(2, 3).astype(dtype),
        "scalar": np.ones((), dtype),
        "empty": np.zeros((0, 4), dtype),
    }
    write(tmp_path / "m", Parts({}, arrays))
    assert_same(read(tmp_path / "m"), Parts({}, arrays))


def test_memory_layout_does_not_matter(tmp_path: Path) -> None:
    base = np.arange(24.0).reshape(4, 6)
    arrays = {"transposed": base.T, "strided": base[::2, 1::2], "swapped": base.astype(">f8")}
    write(tmp_path / "m", Parts({}, arrays))
    found = read(tmp_path / "m").weights
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array)


def test_arrays_are_writable(saved: Path) -> None:
    read(saved).weights["dense/kernel"][0, 0] = 7


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    ),
    hnp.arrays(np.float32, hnp.array_shapes(min_side=0), elements=st.floats(width=32)),
    st.text().filter(lambda name: name != "__metadata__"),
)
def test_any_plain_data(value: Any, array: np.ndarray, name: str) -> None:
    parts = Parts({"value": value}, {name: array}, {"value": value}, {name: array})
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "m", parts)
        assert_same(read(Path(folder) / "m"), parts)


def test_recompressed_by_hand_still_loads(saved: Path) -> None:
    pack(saved, members_of(saved), zipfile.ZIP_DEFLATED)
    assert_same(read(saved), PARTS)


def test_a_file_beyond_four_gigabytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 10)  # everything is past it now
    write(tmp_path / "m", PARTS)
    assert b"PK\x06\x07" in (tmp_path / "m").read_bytes()
    assert_same(read(tmp_path / "m"), PARTS)


def test_members_are_what_the_format_says(saved: Path) -> None:
    members = members_of(saved)
    assert tuple(members) == MEMBERS
    manifest = json.loads(members["model.json"])
    assert manifest["format"] == "ranvier"
    assert manifest["format_version"] == FORMAT_VERSION
    assert manifest["files"] == {
        name: hashlib.sha256(members[name]).hexdigest() for name in MEMBERS[1:]
    }
