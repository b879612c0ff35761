"""A file to parts. Every byte is taken as hostile until it is checked."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import IO, Any

from ..errors import ArtifactError, nearest
from . import layout, plain, tensors
from .container import AGAIN, WRITTEN_BY, Container, some
from .layout import Parts


def read(path: str | os.PathLike[str]) -> Parts:
    """Read what `write` wrote.

    A file is refused when its members declare more than 32 GiB together, more than fifty
    times the file's own size, or more JSON than 8 MiB (`model.json`) and 64 MiB
    (`preprocessing.json`); no more than declared is ever read.

    Args:
        path: a `model.ranvier` file.

    Returns:
        The parts, equal to those written (tuples come back as lists). Arrays are writable.

    Raises:
        ArtifactError: for a file that is missing, foreign, damaged, altered or too new.
    """
    name = layout.name_of(path)
    try:
        # Asked before opening: to open a named pipe would wait for its other end.
        mode = os.stat(name).st_mode
        if stat.S_ISDIR(mode):
            raise ArtifactError(
                f"{name} is a folder; name the file in it, such as {Path(name) / 'model.ranvier'}."
            )
        if not stat.S_ISREG(mode):
            raise ArtifactError(f"{name} is not a regular file; name a .ranvier file.")
        with open(name, "rb") as file:
            return _parts(file, os.fstat(file.fileno()).st_size, name)
    except FileNotFoundError as error:
        raise ArtifactError(f"{name} does not exist.{_neighbours(Path(name))}") from error
    except OSError as error:
        raise ArtifactError(f"{name} cannot be read ({error.strerror or error}).") from error
    except MemoryError as error:
        raise ArtifactError(f"{name} needs more memory than there is.") from error


def _neighbours(path: Path) -> str:
    try:
        return nearest(path.name, (entry.name for entry in os.scandir(path.parent)))
    except OSError:
        return f" There is no folder {path.parent}."


def _parts(file: IO[bytes], size: int, name: str) -> Parts:
    container = Container(file, size, name)
    manifest = _manifest(container, name)
    digests = manifest.pop("files", None)
    if set(container.members) != set(layout.MEMBERS):
        raise ArtifactError(
            f"{name} must hold exactly {', '.join(layout.MEMBERS)}, but holds "
            f"{some(container.members)}; {AGAIN}."
        )
    if not isinstance(digests, dict) or set(digests) != set(layout.MEMBERS[1:]):
        raise ArtifactError(
            f"{name}: {layout.MANIFEST} must list a checksum for each other member under "
            f'"files"; the file was edited: {AGAIN}.'
        )

    def checked(member: str) -> bytes:
        data = container.read(member)
        if hashlib.sha256(data).hexdigest() != digests[member]:
            raise ArtifactError(
                f"{name}: {member} does not match its checksum in {layout.MANIFEST}: it was "
                f"altered after saving; {AGAIN}."
            )
        return data

    return Parts(
        manifest=manifest,
        weights=tensors.decode(checked(layout.WEIGHTS), f"{name}: {layout.WEIGHTS}"),
        preprocessing=plain.decode(
            checked(layout.PREPROCESSING), f"{name}: {layout.PREPROCESSING}"
        ),
        tensors=tensors.decode(checked(layout.TENSORS), f"{name}: {layout.TENSORS}"),
    )


def _manifest(container: Container, name: str) -> dict[str, Any]:
    """`model.json` of a format that this version reads, without the format's own names."""
    if layout.MANIFEST not in container.members:
        pickled = any(member.endswith(".pkl") for member in container.members)
        what = "a zip with a Python pickle, as PyTorch writes" if pickled else "another kind of zip"
        raise ArtifactError(
            f"{name} is not a Ranvier model: it is {what} (no {layout.MANIFEST}, but "
            f"{some(container.members)}). {WRITTEN_BY}"
        )
    manifest = plain.decode(container.read(layout.MANIFEST), f"{name}: {layout.MANIFEST}")
    if manifest.pop("format", None) != layout.FORMAT:
        raise ArtifactError(
            f'{name} is not a Ranvier model: its {layout.MANIFEST} does not say "format": '
            f'"{layout.FORMAT}". {WRITTEN_BY}'
        )
    version = manifest.pop("format_version", None)
    if type(version) is not int or version < 1:
        raise ArtifactError(
            f"{name}: the format version must be a whole number from 1 to "
            f"{layout.FORMAT_VERSION}, but is {version!r:.40}; the file was edited."
        )
    if version > layout.FORMAT_VERSION:
        raise ArtifactError(
            f"{name} was made by a newer Ranvier (format {version}; this one reads up to "
            f"{layout.FORMAT_VERSION}): upgrade with pip install --upgrade ranvier."
        )
    return manifest
