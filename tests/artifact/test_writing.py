"""A file is written whole or not at all, and what cannot be written is named."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from ranvier.artifact import Parts, read, write
from ranvier.errors import ArtifactError
from tests.artifact.parts import PARTS


def test_same_parts_give_the_same_bytes(saved: Path, tmp_path: Path) -> None:
    names = "cabde"
    for path, order in ((tmp_path / "1", names), (tmp_path / "2", names[::-1])):
        write(path, Parts({}, {name: np.full(3, ord(name)) for name in order}))
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (Parts({"loss": float("nan")}), r"model\.json\['loss'\] is nan"),
        (Parts({"a": [1, {"b": np.float32(1)}]}), r"\['a'\]\[1\]\['b'\] is a float32"),
        (Parts({"codes": {1: "a"}}), "has the key 1 of type int"),
        (Parts({"format": "x"}), "'format' belongs to the format"),
        (Parts({"files": {}}), "'files' belongs to the format"),
        (Parts({}, {"w": np.array(["a"])}), "'w' has the element type <U1; expected one of"),
        (Parts({}, {"w": np.array([None])}), "'w' has the element type object"),
        (Parts({}, {"w": np.zeros(2, ml_dtypes.float8_e5m2)}), "float8_e5m2"),
        (Parts({}, {"__metadata__": np.zeros(2)}), "'__metadata__'; rename"),
        (Parts({"text": "a" * 2**23}), "cannot be saved: model.json is 8 MiB"),
    ],
)
def test_what_the_format_cannot_hold_is_named(saved: Path, parts: Parts, message: str) -> None:
    before = saved.read_bytes()
    with pytest.raises(ArtifactError, match=message):
        write(saved, parts)
    assert saved.read_bytes() == before
    assert os.listdir(saved.parent) == ["model.ranvier"]


def test_nesting_is_bounded(tmp_path: Path) -> None:
    deep: list[Any] = []
    deep.append(deep)
    with pytest.raises(ArtifactError, match="deeper than 64"):
        write(tmp_path / "m", Parts({"deep": deep}))


def test_a_folder_and_a_missing_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"is a folder; name a file, such as .*model\.ran"):
        write(tmp_path, PARTS)
    with pytest.raises(ArtifactError, match=r"there is no folder .*nowhere; create it first"):
        write(tmp_path / "nowhere" / "model.ranvier", PARTS)


def test_a_full_disk_leaves_the_older_file(saved: Path) -> None:
    before = saved.read_bytes()
    large = Parts({}, {"w": np.zeros(2**18)})
    with limited_file_size(2**16), pytest.raises(ArtifactError, match="cannot be") as caught:
        write(saved, large)
    assert isinstance(caught.value.__cause__, OSError)
    assert saved.read_bytes() == before
    assert os.listdir(saved.parent) == ["model.ranvier"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES])
def test_a_failing_step_leaves_the_older_file(
    saved: Path, monkeypatch: pytest.MonkeyPatch, step: str, code: int
) -> None:
    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    before = saved.read_bytes()
    monkeypatch.setattr(os, step, fail)
    with pytest.raises(ArtifactError, match=os.strerror(code)):
        write(saved, Parts({}))
    assert saved.read_bytes() == before
    assert os.listdir(saved.parent) == ["model.ranvier"]


def test_an_interrupt_leaves_the_older_file(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    before = saved.read_bytes()
    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write(saved, Parts({}))
    assert saved.read_bytes() == before
    assert os.listdir(saved.parent) == ["model.ranvier"]


def test_a_link_keeps_pointing(saved: Path) -> None:
    link = saved.with_name("latest.ranvier")
    link.symlink_to(saved.name)
    write(link, Parts({"new": True}))
    assert link.is_symlink()
    assert read(saved).manifest == {"new": True}


@contextlib.contextmanager
def limited_file_size(size: int) -> Iterator[None]:
    """The kernel refuses to let any file grow past `size`, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
