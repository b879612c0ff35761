"""Run folders: `runs/NAME-1`, `runs/NAME-2`, ... and what lies in them.

model.ranvier    the trained model
history.jsonl    one line per epoch, written while the run goes on
config.json      what repeats the run: data, family, hyperparameters, versions, command
result.json      how it ended: scores, baseline, times
report.html      the same for a person to read, with pictures
frames/          what a network that makes pictures made while it was trained
judge.ranvier    the classifier by whose features made pictures are judged
checkpoints/     what `--resume` goes on from
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ranvier.errors import ArtifactError, CheckpointError, nearest

HOME = Path("runs")
MODEL, HISTORY, CONFIG, RESULT = "model.ranvier", "history.jsonl", "config.json", "result.json"
CHECKPOINTS, REPORT = "checkpoints", "report.html"
PROBE_BYTES = 1 << 20  # a disk without room for this has none for a model


class RunFolder:
    """One run's folder; `create` or `reopen` it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._new_folders: list[Path] = []  # innermost first
        self._new_files: list[Path] = []

    @property
    def model(self) -> Path:
        """Where the trained model lies."""
        return self.path / MODEL

    @property
    def history(self) -> Path:
        """Where the epochs are written."""
        return self.path / HISTORY

    @property
    def checkpoints(self) -> Path:
        """Where checkpoints lie."""
        return self.path / CHECKPOINTS

    @classmethod
    def create(cls, source: str, out: str | Path | None) -> RunFolder:
        """A fresh folder: `out`, or the next number under `runs/`.

        Raises:
            CheckpointError: `out` holds a run already, or nothing can be written there.
        """
        if out is None:
            folder = cls._numbered(name_of(source))
        else:
            folder = cls(Path(out).expanduser())
            folder._refuse_another_run()
            folder._make(fresh=False)
        folder._probe()
        return folder

    @classmethod
    def _numbered(cls, name: str) -> RunFolder:
        number = 1 + max(map(_number_in(name), entries(HOME)), default=0)
        while True:
            folder = cls(HOME / f"{name}-{number}")
            try:
                folder._make(fresh=True)
            except FileExistsError:  # another run began at the same moment
                number += 1
            else:
                return folder

    def _make(self, *, fresh: bool) -> None:
        try:
            missing = [place for place in (self.path, *self.path.parents) if not place.exists()]
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.mkdir(exist_ok=not fresh)
        except OSError as error:
            if fresh and isinstance(error, FileExistsError) and HOME.is_dir():
                raise
            raise CheckpointError(_unwritable(self.path, error)) from error
        self._new_folders = missing

    def _probe(self) -> None:
        probe = self.path / f".probe-{secrets.token_hex(4)}"
        try:
            try:
                probe.write_bytes(bytes(PROBE_BYTES))
            finally:
                with contextlib.suppress(OSError):
                    probe.unlink(missing_ok=True)
        except OSError as error:
            self.discard()
            raise CheckpointError(_unwritable(self.path, error)) from error

    def _refuse_another_run(self) -> None:
        if self.path.exists() and not self.path.is_dir():
            raise CheckpointError(f"{self.path} is a file; --out names a folder for the run.")
        if self.read(RESULT).get("reason") not in (None, "interrupted"):
            raise CheckpointError(
                f"{self.path} holds a finished run, which is not overwritten; "
                "choose another folder with --out."
            )
        if any((self.path / name).exists() for name in (MODEL, HISTORY, CONFIG, CHECKPOINTS)):
            raise CheckpointError(
                f"{self.path} holds a run that is not finished; go on with it by --resume, "
                "or choose another folder with --out."
            )

    def read(self, name: str) -> dict[str, Any]:
        """A JSON file of the folder; empty where there is none or it is damaged."""
        try:
            found = json.loads((self.path / name).read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def write(self, name: str, content: dict[str, Any]) -> None:
        """Write a JSON file of the folder, whole or not at all."""
        place = self.path / name
        if not place.exists():
            self._new_files.append(place)
        write_whole(place, (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode())

    def discard(self) -> None:
        """Remove what was made here: nothing was learned."""
        for file in self._new_files:
            with contextlib.suppress(OSError):
                file.unlink()
        if self.path in self._new_folders:
            shutil.rmtree(self.path, ignore_errors=True)
        for folder in self._new_folders:
            with contextlib.suppress(OSError):
                folder.rmdir()  # only where nothing else came to lie


def write_whole(place: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    draft = place.with_name(f".{place.name}-{secrets.token_hex(4)}.part")
    try:
        draft.write_bytes(content)
        os.replace(draft, place)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def name_of(source: str) -> str:
    """A run's name after its source: `data/flights.csv.gz` gives `flights`."""
    stem = Path(source).name.lstrip(".").split(".")[0]
    return re.sub(r"[^\w-]+", "-", stem).strip("-") or "run"


def entries(folder: Path) -> list[str]:
    """Names of the folders in a folder; none where it does not exist."""
    try:
        return sorted(entry.name for entry in os.scandir(folder) if entry.is_dir())
    except OSError:
        return []


def find_model(model: str | Path) -> Path:
    """The model file that is meant: a run folder, a file, or the name of a run under `runs/`.

    Raises:
        ArtifactError: there is no such model, with the nearest names.
    """
    given = Path(model).expanduser()
    for place in (given, HOME / given):
        if place.is_file():
            return place
        if (place / MODEL).is_file():
            return place / MODEL
        if (place / CONFIG).is_file():
            raise ArtifactError(
                f"{place} holds no {MODEL} yet: its run is not finished; "
                f"go on with: ranvier train --resume --out {place}"
            )
    if given.is_dir():
        raise ArtifactError(f"{given} is a folder without a {MODEL}, so it is no run.")
    known = entries(HOME)
    hint = nearest(given.name, known, count=3)
    if not hint and known:
        hint = " Runs here: " + ", ".join(known[-5:]) + "."
    raise ArtifactError(
        f'there is no model "{model}": name a run folder, a .ranvier file or a run under '
        f"{HOME}/.{hint}"
    )


def _number_in(name: str) -> Callable[[str], int]:
    pattern = re.compile(rf"{re.escape(name)}-(\d+)")

    def number(entry: str) -> int:
        found = pattern.fullmatch(entry)
        return int(found[1]) if found else 0

    return number


def _unwritable(path: Path, error: OSError) -> str:
    return (
        f"{path} cannot be written ({error.strerror or error}); choose another folder with --out."
    )
