"""Files that are not, or no longer, a Ranvier model, each with the answer it deserves."""

from __future__ import annotations

import contextlib
import hashlib
import json
import pickle
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ranvier.artifact import FORMAT_VERSION
from ranvier.artifact.layout import DIRECTORY_LIMIT, RATIO_LIMIT


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

# What is done to a good model's file, and what the answer must say.
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
