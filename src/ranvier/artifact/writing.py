"""Parts to a file: whole or not at all, and the same parts give the same bytes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..errors import ArtifactError
from . import layout, plain, tensors
from .layout import Parts


def write(path: str | os.PathLike[str], parts: Parts) -> None:
    """Write `parts` to `path`, replacing an older file only once the new one is complete.

    Args:
        path: where; its folder must exist.
        parts: the model as plain parts.

    Raises:
        ArtifactError: for parts that the format cannot hold, or a place that cannot be
            written (no such folder, no permission, a full disk). An older file at `path`
            is then untouched.
    """
    name = layout.name_of(path)
    members = _members(parts)
    # Through a symbolic link, the file it points to is replaced, not the link.
    place = Path(os.path.realpath(name))
    if place.is_dir():
        raise ArtifactError(
            f"{name} is a folder; name a file, such as {Path(name) / 'model.ranvier'}."
        )
    if not place.parent.is_dir():
        raise ArtifactError(
            f"{name} cannot be written: there is no folder {place.parent}; create it first."
        )
    try:
        with _replacing(place) as draft:
            _write_zip(draft, members)
    except OSError as error:
        raise ArtifactError(
            f"{name} cannot be written ({error.strerror or error}); nothing was changed there; "
            "make room, or save to another folder."
        ) from error


def _members(parts: Parts) -> dict[str, bytes]:
    taken = [name for name in layout.RESERVED if name in parts.manifest]
    if taken:
        raise ArtifactError(f"{layout.MANIFEST}: the name {taken[0]!r} belongs to the format.")
    others = {
        layout.WEIGHTS: tensors.encode(parts.weights, layout.WEIGHTS),
        layout.PREPROCESSING: plain.encode(parts.preprocessing, layout.PREPROCESSING),
        layout.TENSORS: tensors.encode(parts.tensors, layout.TENSORS),
    }
    manifest = {
        "format": layout.FORMAT,
        "format_version": layout.FORMAT_VERSION,
        **parts.manifest,
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in others.items()},
    }
    members = {layout.MANIFEST: plain.encode(manifest, layout.MANIFEST, indent=2), **others}
    for name, data in members.items():
        if too_large := layout.over_limit(name, len(data)):
            raise ArtifactError(f"This model cannot be saved: {too_large}.")
    return members


@contextlib.contextmanager
def _replacing(place: Path) -> Iterator[Path]:
    """A draft beside `place` that takes its name at the end, or is gone."""
    draft = place.with_name(f".ranvier-{secrets.token_hex(8)}.part")
    try:
        yield draft
        os.replace(draft, place)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
    _sync_folder(place.parent)


def _write_zip(draft: Path, members: Mapping[str, bytes]) -> None:
    with open(draft, "xb") as file:
        with zipfile.ZipFile(file, "w") as archive:
            for name, data in members.items():
                archive.writestr(_entry(name), data)
        file.flush()
        os.fsync(file.fileno())


def _entry(name: str) -> zipfile.ZipInfo:
    # Nothing of the clock, the system or zlib's version enters the bytes.
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_STORED
    entry.create_system = 3
    entry.external_attr = 0o100644 << 16
    return entry


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut, where the system can promise that."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
