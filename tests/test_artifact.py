"""`model.ranvier`: what goes in comes out; anything else is refused in one sentence."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import pickle
import resource
import stat
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ranvier.artifact import FORMAT_VERSION, Parts, read, write
from ranvier.artifact.layout import DIRECTORY_LIMIT, MEMBERS, RATIO_LIMIT
from ranvier.artifact.tensors import DTYPES
from ranvier.errors import ArtifactError

PARTS = Parts(
    manifest={"family": "fcnn", "hyperparameters": {"hidden": [256, 256], "rate": 0.1}},
    weights={"dense/kernel": np.arange(6, dtype=np.float32).reshape(2, 3)},
    preprocessing={"columns": [{"name": "température", "codes": ["a", "b"]}]},
    tensors={"median": np.array([1.5, -0.0])},
)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "model.ranvier"
    write(path, PARTS)
    return path


def assert_same(found: Parts, expected: Parts) -> None:
    assert found.manifest == expected.manifest
    assert found.preprocessing == expected.preprocessing
    for ours, theirs in (
        (found.weights, expected.weights),
        (found.tensors, expected.tensors),
    ):
        assert ours.keys() == theirs.keys()
        for name, array in ours.items():
            assert array.dtype == theirs[name].dtype
            assert array.shape == theirs[name].shape
            assert array.tobytes() == theirs[name].tobytes()


def members_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def pack(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> Path:
    """A zip of `members` with their right checksums, so that only the change is wrong."""
    with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
        manifest = json.loads(members["model.json"])
        for name in manifest["files"]:
            manifest["files"][name] = hashlib.sha256(members[name]).hexdigest()
        members = {**members, "model.json": json.dumps(manifest).encode()}
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def edit_manifest(path: Path, **changes: Any) -> None:
    members = members_of(path)
    manifest = json.loads(members["model.json"]) | changes
    pack(path, members | {"model.json": json.dumps(manifest).encode()})


class TestRoundTrip:
    def test_parts_come_back(self, saved: Path) -> None:
        assert_same(read(saved), PARTS)
        assert_same(read(str(saved)), PARTS)

    @pytest.mark.parametrize("dtype", DTYPES.values(), ids=lambda dtype: dtype.name)
    def test_every_element_type(self, tmp_path: Path, dtype: np.dtype) -> None:
        arrays = {
            "matrix": np.arange(6).reshape(2, 3).astype(dtype),
            "scalar": np.ones((), dtype),
            "empty": np.zeros((0, 4), dtype),
        }
        write(tmp_path / "m", Parts({}, arrays))
        assert_same(read(tmp_path / "m"), Parts({}, arrays))

    def test_memory_layout_does_not_matter(self, tmp_path: Path) -> None:
        base = np.arange(24.0).reshape(4, 6)
        arrays = {"transposed": base.T, "strided": base[::2, 1::2], "swapped": base.astype(">f8")}
        write(tmp_path / "m", Parts({}, arrays))
        found = read(tmp_path / "m").weights
        for name, array in arrays.items():
            np.testing.assert_array_equal(found[name], array)

    def test_arrays_are_writable(self, saved: Path) -> None:
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
    def test_any_plain_data(self, value: Any, array: np.ndarray, name: str) -> None:
        parts = Parts({"value": value}, {name: array}, {"value": value}, {name: array})
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder) / "m", parts)
            assert_same(read(Path(folder) / "m"), parts)

    def test_recompressed_by_hand_still_loads(self, saved: Path) -> None:
        pack(saved, members_of(saved), zipfile.ZIP_DEFLATED)
        assert_same(read(saved), PARTS)

    def test_a_file_beyond_four_gigabytes(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 10)  # everything is past it now
        write(tmp_path / "m", PARTS)
        assert b"PK\x06\x07" in (tmp_path / "m").read_bytes()
        assert_same(read(tmp_path / "m"), PARTS)

    def test_members_are_what_the_format_says(self, saved: Path) -> None:
        members = members_of(saved)
        assert tuple(members) == MEMBERS
        manifest = json.loads(members["model.json"])
        assert manifest["format"] == "ranvier"
        assert manifest["format_version"] == FORMAT_VERSION
        assert manifest["files"] == {
            name: hashlib.sha256(members[name]).hexdigest() for name in MEMBERS[1:]
        }


class TestWriting:
    def test_same_parts_give_the_same_bytes(self, saved: Path, tmp_path: Path) -> None:
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
    def test_what_the_format_cannot_hold_is_named(
        self, saved: Path, parts: Parts, message: str
    ) -> None:
        before = saved.read_bytes()
        with pytest.raises(ArtifactError, match=message):
            write(saved, parts)
        assert saved.read_bytes() == before
        assert os.listdir(saved.parent) == ["model.ranvier"]

    def test_nesting_is_bounded(self, tmp_path: Path) -> None:
        deep: list[Any] = []
        deep.append(deep)
        with pytest.raises(ArtifactError, match="deeper than 64"):
            write(tmp_path / "m", Parts({"deep": deep}))

    def test_a_folder_and_a_missing_folder_are_named(self, tmp_path: Path) -> None:
        with pytest.raises(ArtifactError, match=r"is a folder; name a file, such as .*model\.ran"):
            write(tmp_path, PARTS)
        with pytest.raises(ArtifactError, match=r"there is no folder .*nowhere; create it first"):
            write(tmp_path / "nowhere" / "model.ranvier", PARTS)

    def test_a_full_disk_leaves_the_older_file(self, saved: Path) -> None:
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
        self, saved: Path, monkeypatch: pytest.MonkeyPatch, step: str, code: int
    ) -> None:
        def fail(*_: object) -> None:
            raise OSError(code, os.strerror(code))

        before = saved.read_bytes()
        monkeypatch.setattr(os, step, fail)
        with pytest.raises(ArtifactError, match=os.strerror(code)):
            write(saved, Parts({}))
        assert saved.read_bytes() == before
        assert os.listdir(saved.parent) == ["model.ranvier"]

    def test_an_interrupt_leaves_the_older_file(
        self, saved: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupt(_: int) -> None:
            raise KeyboardInterrupt

        before = saved.read_bytes()
        monkeypatch.setattr(os, "fsync", interrupt)
        with pytest.raises(KeyboardInterrupt):
            write(saved, Parts({}))
        assert saved.read_bytes() == before
        assert os.listdir(saved.parent) == ["model.ranvier"]

    def test_a_link_keeps_pointing(self, saved: Path) -> None:
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


def entry(name: str, mode: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def foreign_zip(path: Path, *entries: zipfile.ZipInfo | str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for each in entries:
            archive.writestr(each, b"{}")


def add(path: Path, name: str, data: bytes = b"x") -> None:
    pack(path, members_of(path) | {name: data})


def replace(path: Path, name: str, data: bytes) -> None:
    pack(path, members_of(path) | {name: data})


def leave_out(path: Path, name: str) -> None:
    pack(path, {other: data for other, data in members_of(path).items() if other != name})


def tamper(path: Path) -> None:
    """Weights changed with the zip's own CRC made right again, the manifest left as it was."""
    members = members_of(path)
    weights = bytearray(members["weights.safetensors"])
    weights[-1] ^= 1
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in (members | {"weights.safetensors": bytes(weights)}).items():
            archive.writestr(name, data)


def duplicate(path: Path) -> None:
    """A second member renamed, in both its headers, to what the first is called."""
    foreign_zip(path, "model.json", "weights.safetensors", "weights.safetensorz")
    path.write_bytes(path.read_bytes().replace(b"safetensorz", b"safetensors"))


def rewrite_directory(path: Path, member: str, offset: int, form: str, value: int) -> None:
    """Set one field of a member's record in the central directory (APPNOTE 4.3.12)."""
    raw = bytearray(path.read_bytes())
    place = raw.rindex(b"PK\x01\x02", 0, raw.rindex(member.encode()))
    struct.pack_into(form, raw, place + offset, value)
    path.write_bytes(raw)


def hide_bomb(path: Path) -> None:
    """Weights that unpack to 64 MiB and declare their true, small compressed size."""
    pack(path, members_of(path) | {"weights.safetensors": bytes(2**26)}, zipfile.ZIP_DEFLATED)
    rewrite_directory(path, "weights.safetensors", 24, "<L", 1000)


def declare_large_directory(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    struct.pack_into("<L", raw, len(raw) - 10, DIRECTORY_LIMIT + 1)
    path.write_bytes(raw)


def declare_large_zip64_directory(path: Path) -> None:
    raw = path.read_bytes()
    record = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 4, 4, 2**40, 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(raw) - 22, 1)
    path.write_bytes(raw[:-22] + record + locator + raw[-22:])


def safetensors(header: object, data: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


DEEP = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
HUGE_SHAPE = {"w": {"dtype": "F32", "shape": [0, 2**62], "data_offsets": [0, 0]}}
MANY_AXES = {"w": {"dtype": "U8", "shape": [1] * 100, "data_offsets": [0, 1]}}
FLOAT8 = {"w": {"dtype": "F8_E4M3", "shape": [1], "data_offsets": [0, 1]}}

HOSTILE: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda p: p.write_bytes(b""), "is empty"),
    "text": (lambda p: p.write_bytes(b"hello"), "it is not a zip"),
    "pickle": (lambda p: p.write_bytes(pickle.dumps({"a": 1})), "a Python pickle, which"),
    "hdf5": (lambda p: p.write_bytes(b"\x89HDF\r\n\x1a\n"), "an HDF5 file"),
    "torch": (lambda p: foreign_zip(p, "archive/data.pkl"), "as PyTorch writes"),
    "foreign zip": (lambda p: foreign_zip(p, "a.txt", "b.txt"), r"no model\.json, but a\.txt"),
    "escape codes": (lambda p: foreign_zip(p, "\x1b[31mred"), r"but \\x1b\[31mred\)"),
    "foreign manifest": (lambda p: foreign_zip(p, "model.json"), 'does not say "format"'),
    "cut": (lambda p: p.write_bytes(p.read_bytes()[:-30]), "cut short"),
    "only a beginning": (lambda p: p.write_bytes(p.read_bytes()[:4]), "cut short"),
    "appended": (lambda p: p.write_bytes(p.read_bytes() + b"x"), "something appended"),
    "large directory": (declare_large_directory, "list of members alone takes 16 KiB"),
    "large zip64 directory": (declare_large_zip64_directory, "alone takes 1.02e[+]03 GiB"),
    "missing": (lambda p: leave_out(p, "preprocessing.json"), "must hold exactly"),
    "no manifest": (lambda p: leave_out(p, "model.json"), "another kind of zip"),
    "extra": (lambda p: add(p, "evil.py"), r"but holds .*evil\.py"),
    "folder": (lambda p: add(p, "folder/"), "must hold exactly"),
    "duplicate": (duplicate, "twice: do not trust"),
    "parent path": (lambda p: add(p, "../evil"), "path outside the archive"),
    "absolute path": (lambda p: add(p, "/etc/evil"), "path outside the archive"),
    "drive": (lambda p: add(p, "C:evil"), "path outside the archive"),
    "backslash": (lambda p: add(p, "a\\..\\..\\evil"), "path outside the archive"),
    "symbolic link": (
        lambda p: foreign_zip(p, "model.json", entry("weights.safetensors", stat.S_IFLNK)),
        "as a symbolic link",
    ),
    "encrypted": (lambda p: rewrite_directory(p, "model.json", 8, "<H", 1), "is encrypted"),
    "packed by lzma": (lambda p: pack(p, members_of(p), zipfile.ZIP_LZMA), "stored or deflated"),
    "bomb": (
        lambda p: pack(p, members_of(p) | {"weights.safetensors": bytes(2**22)}, 8),
        f"zip bomb: .* claim to unpack to 4 MiB .at most {RATIO_LIMIT} times",
    ),
    "hidden bomb": (hide_bomb, "weights.safetensors is damaged"),
    "large manifest": (
        lambda p: replace(p, "model.json", b"{}" + b" " * 2**23),
        "model.json is 8 MiB, and the format allows 8 MiB",
    ),
    "declares too little": (
        lambda p: rewrite_directory(p, "model.json", 24, "<L", 5),
        "model.json is damaged",
    ),
    "declares too much": (
        lambda p: rewrite_directory(p, "model.json", 24, "<L", 9999),
        "model.json is (damaged|shorter)",
    ),
    "tampered": (tamper, "weights.safetensors does not match its checksum"),
    "no checksums": (lambda p: edit_manifest(p, files={}), "must list a checksum"),
    "checksums not a dict": (lambda p: edit_manifest(p, files=[1]), "must list a checksum"),
    "newer": (
        lambda p: edit_manifest(p, format_version=FORMAT_VERSION + 1),
        rf"newer Ranvier \(format 2; this one reads up to {FORMAT_VERSION}\): upgrade",
    ),
    "newer with other members": (
        lambda p: (edit_manifest(p, format_version=9), add(p, "attention.bin")),
        "newer Ranvier",
    ),
    "version text": (lambda p: edit_manifest(p, format_version="1"), "but is '1'"),
    "version true": (lambda p: edit_manifest(p, format_version=True), "but is True"),
    "version zero": (lambda p: edit_manifest(p, format_version=0), "but is 0"),
    "not json": (lambda p: replace(p, "model.json", b"{"), "model.json is not valid JSON"),
    "not utf-8": (lambda p: replace(p, "model.json", b'"\xff"'), "model.json is not valid JSON"),
    "not an object": (lambda p: replace(p, "model.json", b"[]"), "must hold a JSON object, but"),
    "nan": (lambda p: replace(p, "model.json", b'{"a": NaN}'), "NaN is not a JSON number"),
    "overflow": (lambda p: replace(p, "model.json", b'{"a": 1e999}'), "1e999 is too large"),
    "many digits": (lambda p: replace(p, "model.json", b"9" * 5000), "is not valid JSON"),
    "key twice": (lambda p: replace(p, "model.json", b'{"a":1,"a":2}'), "key stands twice"),
    "deep": (lambda p: replace(p, "model.json", DEEP), "model.json is nested too deeply"),
    "deep state": (lambda p: replace(p, "preprocessing.json", DEEP), "nested too deeply"),
    "no tensors": (lambda p: replace(p, "weights.safetensors", b""), "is not valid safetensors"),
    "long header": (
        lambda p: replace(p, "weights.safetensors", b"\xff" * 64),
        "weights.safetensors is not valid safetensors",
    ),
    "float8": (
        lambda p: replace(p, "weights.safetensors", safetensors(FLOAT8, b"x")),
        "'w' has the element type F8_E4M3; expected one of bool",
    ),
    "huge shape": (
        lambda p: replace(p, "weights.safetensors", safetensors(HUGE_SHAPE)),
        "is not valid safetensors",
    ),
    "many axes": (
        lambda p: replace(p, "weights.safetensors", safetensors(MANY_AXES, b"x")),
        "is not valid safetensors",
    ),
}


class TestHostile:
    @pytest.mark.parametrize("case", HOSTILE)
    def test_is_refused_in_one_sentence(self, saved: Path, case: str) -> None:
        make, message = HOSTILE[case]
        make(saved)
        with pytest.raises(ArtifactError, match=message) as caught:
            read(saved)
        assert str(saved) in str(caught.value)
        assert "\n" not in str(caught.value)

    def test_a_missing_file_names_its_neighbours(self, saved: Path) -> None:
        with pytest.raises(ArtifactError, match=r'does not exist. Nearest: "model\.ranvier"'):
            read(saved.with_name("modle.ranvier"))
        with pytest.raises(ArtifactError, match=r"There is no folder .*nowhere"):
            read(saved.parent / "nowhere" / "model.ranvier")

    def test_a_folder_and_a_device_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ArtifactError, match="is a folder"):
            read(tmp_path)
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(ArtifactError, match="not a regular file"):
            read(tmp_path / "pipe")

    def test_a_path_that_no_system_knows(self) -> None:
        with pytest.raises(ArtifactError, match="null character"):
            read("model\0.ranvier")
        with pytest.raises(ArtifactError, match="null character"):
            write("model\0.ranvier", PARTS)

    def test_a_hidden_bomb_is_never_unpacked(
        self, saved: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[int] = []
        original = zipfile.ZipExtFile.read

        def spy(self: zipfile.ZipExtFile, n: int | None = -1) -> bytes:
            asked.append(-1 if n is None else n)
            return original(self, n)

        hide_bomb(saved)
        monkeypatch.setattr(zipfile.ZipExtFile, "read", spy)
        with pytest.raises(ArtifactError):
            read(saved)
        assert asked
        assert all(0 <= n < 2000 for n in asked)


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


class TestFuzz:
    """Whatever happens to the bytes: an ArtifactError, or the very same parts."""

    def test_every_truncation_is_refused(self, tmp_path: Path) -> None:
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
    def test_flipped_bytes(self, flips: list[tuple[int, int]]) -> None:
        raw = bytearray(SAMPLE)
        for place, bits in flips:
            raw[place] ^= bits
        refused_or_equal(bytes(raw))

    @given(st.integers(0, len(SAMPLE)), st.integers(0, 60), st.binary(max_size=60))
    def test_replaced_ranges(self, place: int, length: int, new: bytes) -> None:
        refused_or_equal(SAMPLE[:place] + new + SAMPLE[place + length :])

    def test_every_single_byte_flip(self) -> None:
        for place in range(len(SAMPLE)):
            for bits in (0x01, 0x80, 0xFF):
                raw = bytearray(SAMPLE)
                raw[place] ^= bits
                refused_or_equal(bytes(raw))

    @given(st.sampled_from(MEMBERS), st.binary(max_size=200), st.sampled_from([0, 8]))
    @example("weights.safetensors", safetensors({}), 0)
    @example("weights.safetensors", safetensors({"__metadata__": {"a": "b"}}), 0)
    def test_any_member_with_its_right_checksum(
        self, member: str, data: bytes, method: int
    ) -> None:
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
    def test_any_tensor_header(self, header: dict[str, Any], data: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "m"
            path.write_bytes(SAMPLE)
            pack(path, members_of(path) | {"weights.safetensors": safetensors(header, data)})
            with contextlib.suppress(ArtifactError):
                read(path)
