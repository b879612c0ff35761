"""Several files in a folder of their own: all or none."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

from ranvier.artifact.container import some
from ranvier.artifact.layout import name_of
from ranvier.errors import ArtifactError


def place_files(
    where: str | os.PathLike[str], files: Mapping[str, bytes], replaced: Collection[str]
) -> None:
    """Write all files or none: beside, and then in the folder's place.

    Args:
        where: a folder that does not exist, or holds nothing but what may be replaced.
        files: by their names.
        replaced: the names of files that may be replaced with it.

    Raises:
        ArtifactError: the folder holds other things, or cannot be written.
    """
    name = name_of(where)
    place = Path(os.path.realpath(name))
    if place.exists():
        if not place.is_dir():
            raise ArtifactError(f"{name} is a file; name a folder for the model.")
        others = sorted(entry.name for entry in os.scandir(place) if entry.name not in replaced)
        if others:
            raise ArtifactError(
                f"{name} holds other files ({some(others)}), which are not touched; name a new "
                "folder."
            )
    if not place.parent.is_dir():
        raise ArtifactError(
            f"{name} cannot be written: there is no folder {place.parent}; create it first."
        )
    mark = secrets.token_hex(8)
    draft, older = (place.with_name(f".ranvier-{mark}.{end}") for end in ("part", "old"))
    try:
        draft.mkdir()
        for file, data in files.items():
            (draft / file).parent.mkdir(exist_ok=True)
            _write(draft / file, data)
        if place.exists():
            place.rename(older)
        draft.rename(place)
    except OSError as error:
        if older.exists() and not place.exists():
            older.rename(place)
        raise ArtifactError(
            f"{name} cannot be written ({error.strerror or error}); nothing was changed there; "
            "make room, or save to another folder."
        ) from error
    finally:
        for folder in (draft, older):
            with contextlib.suppress(OSError):
                shutil.rmtree(folder)


def _write(path: Path, data: bytes) -> None:
    with open(path, "xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
