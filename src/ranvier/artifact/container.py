"""The zip itself: four known members, and no surprise among them."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable
from typing import IO

from ..errors import ArtifactError
from . import layout

AGAIN = "copy it again, or save the model again"
WRITTEN_BY = "Models are written by model.save."

# What zipfile, with zlib beneath it, raises on hostile input besides its own BadZipFile.
# NotImplementedError and wrong passwords are RuntimeErrors, undecodable names ValueErrors.
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)

_BEGINNINGS = {
    b"\x80": "a Python pickle, which Ranvier never opens because a pickle can run any code",
    b"\x89HDF": "an HDF5 file, as Keras writes",
    b"\x1f\x8b": "a gzip file",
    b"PAR1": "a Parquet table",
    b"\x93NUMPY": "a NumPy array",
}


class Container:
    """An open zip whose list of members was checked; its bytes were not yet.

    Attributes:
        members: the members by name, in the file's order.
    """

    def __init__(self, file: IO[bytes], size: int, name: str) -> None:
        """Check the archive of `size` bytes in `file`; `name` begins each message."""
        self._name = name
        _check_ends(file, size, name)
        try:
            self._archive = zipfile.ZipFile(file)
        except _ZIP_ERRORS as error:
            raise ArtifactError(f"{name} is a damaged zip ({error}); {AGAIN}.") from error
        self.members = _members(self._archive.infolist(), size, name)

    def read(self, member: str) -> bytes:
        """The member's bytes; never more than it declares, whatever it would unpack to."""
        entry = self.members[member]
        try:
            with self._archive.open(entry) as stream:
                data = stream.read(entry.file_size)
        except _ZIP_ERRORS as error:
            raise ArtifactError(f"{self._name}: {member} is damaged ({error}); {AGAIN}.") from error
        if len(data) != entry.file_size:
            raise ArtifactError(f"{self._name}: {member} is shorter than declared; {AGAIN}.")
        return data


def some(members: Iterable[str]) -> str:
    """The first few names for an error message, without a terminal's control codes."""
    names = [ascii(member[:60])[1:-1] for member in members]
    return (", ".join(names[:6]) + (", …" if len(names) > 6 else "")) or "nothing"


def _check_ends(file: IO[bytes], size: int, name: str) -> None:
    """Refuse, before zipfile allocates anything, what does not begin and end like ours.

    The last 22 bytes of a zip without comment are its end record; beyond 4 GiB a zip64
    locator (20 bytes) and record (56 bytes) stand before it. See PKWARE's APPNOTE 4.3.
    """
    start = file.read(8)
    if not start.startswith(b"PK\x03\x04"):
        if not start:
            raise ArtifactError(f"{name} is empty; {AGAIN}.")
        found = next((what for head, what in _BEGINNINGS.items() if start.startswith(head)), "")
        raise ArtifactError(
            f"{name} is not a Ranvier model: it is {found or 'not a zip'}. {WRITTEN_BY}"
        )
    file.seek(max(0, size - 98))
    tail = file.read(98)
    end = tail[-22:]
    if len(end) < 22 or not end.startswith(b"PK\x05\x06") or end[20:] != b"\0\0":
        raise ArtifactError(
            f"{name} is cut short or has something appended: a model ends with a zip's "
            f"end record; {AGAIN}."
        )
    (directory,) = struct.unpack("<L", end[12:16])
    if len(tail) == 98 and tail.startswith(b"PK\x06\x06") and tail[56:60] == b"PK\x06\x07":
        (directory,) = struct.unpack("<Q", tail[40:48])
    if directory > layout.DIRECTORY_LIMIT:
        raise ArtifactError(
            f"{name} is not a Ranvier model: its list of members alone takes "
            f"{layout.readable(directory)}."
        )
    file.seek(0)


def _members(found: Iterable[zipfile.ZipInfo], size: int, name: str) -> dict[str, zipfile.ZipInfo]:
    """The members by name, once nothing about them is suspicious."""
    entries: dict[str, zipfile.ZipInfo] = {}
    for entry in found:
        # zipfile cuts names at a null byte; the original shows it.
        member = entry.orig_filename
        parts = member.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "" or ":" in parts[0] or "\0" in member:
            raise ArtifactError(
                f"{name} holds {member!r}, a path outside the archive: do not trust this file."
            )
        if member in entries:
            raise ArtifactError(f"{name} holds {member!r} twice: do not trust this file.")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise ArtifactError(
                f"{name} holds {member!r} as a symbolic link: do not trust this file."
            )
        if entry.flag_bits & 0x41:
            raise ArtifactError(f"{name} is encrypted; unpack it and zip it without a password.")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ArtifactError(
                f"{name}: {member!r} is packed by a method other than stored or deflated; "
                "zip it again with one of these."
            )
        if member in layout.MEMBERS and (too_large := layout.over_limit(member, entry.file_size)):
            raise ArtifactError(f"{name} is refused: {too_large}; do not trust this file.")
        entries[member] = entry
    total = sum(entry.file_size for entry in entries.values())
    if total > min(layout.TOTAL_LIMIT, layout.RATIO_LIMIT * size):
        raise ArtifactError(
            f"{name} is refused as a zip bomb: {layout.readable(size)} that claim to unpack to "
            f"{layout.readable(total)} (at most {layout.RATIO_LIMIT} times the file and "
            f"{layout.readable(layout.TOTAL_LIMIT)}): do not trust this file."
        )
    return entries
