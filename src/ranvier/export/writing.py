"""A file is written beside its place, tried on rows, and only kept if it answers as the model."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ranvier.errors import ExportError
from ranvier.export.formats import Format, format_of
from ranvier.export.plain import described
from ranvier.export.programs.program import Program

OURS = ("model.json", "saved_model.pb", "network_torch.py")  # what tells an exported folder


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        path: the file or the folder.
        format: its name.
        beside: a JSON file with what a reader has to know; None where that is in the folder.
        difference: the largest from the model's own answers, in units of the answer.
        rows: how many rows were tried.
    """

    path: Path
    format: str
    beside: Path | None
    difference: float
    rows: int

    @property
    def words(self) -> str:
        """What was tried, in a few words."""
        within = f"to within {self.difference:.0e}" if self.difference else "exactly"
        return f"{self.format} · answers as the model on {self.rows:,} rows, {within}"


def write(program: Program, path: Path, name: str | None = None) -> Exported:
    """Write a model in a format and try it.

    Args:
        program: what the model computes.
        path: of the file or the folder; an older one stays until the new one is known to be right.
        name: of the format; None: by the suffix.

    Raises:
        HyperparameterError: an unknown format.
        MissingExtraError: its package is not installed.
        ExportError: the format cannot hold the model, answers otherwise, or cannot be written.
    """
    name, form = format_of(path, name)
    if path.is_dir() and (form.suffix or (any(path.iterdir()) and not _is_ours(path))):
        raise ExportError(
            f"{path} is a folder that holds something else: pass the path of a new "
            f"{'file' if form.suffix else 'folder'}."
        )
    if form.free and program.usual:
        with contextlib.suppress(ExportError):  # it may still be written for the usual sizes
            return _tried(program, path, name, form)
    return _tried(program.fixed(), path, name, form)


def _tried(program: Program, path: Path, name: str, form: Format) -> Exported:
    """Written, run and compared, with rows of other sizes too where sizes are free."""
    trials = [program, program.resized()] if program.usual else [program]
    with _draft(path) as draft:
        form.write(program, draft)
        found = form.run(program, draft, [trial.rows for trial in trials])
        differences = [compared(*both) for both in zip(trials, found, strict=True)]
        difference = float(np.max(differences))  # which is NaN where one is
        if not difference <= form.tolerance:
            raise ExportError(
                f"The {name} file answers otherwise than the model, by up to {difference:.2g} "
                f"(allowed: {form.tolerance:g}), and is not kept: use another format."
            )
        _put(draft, path)
    beside = _described(program, trials[-1], path) if form.beside else None
    return Exported(path, name, beside, difference, len(next(iter(program.rows.values()))))


def compared(program: Program, found: Mapping[str, np.ndarray]) -> float:
    """The largest difference from the model's answers, each in its own unit.

    Raises:
        ExportError: an answer is missing, or has another shape.
    """
    differences = [0.0]
    for name, expected in program.answers.items():
        got = found.get(name)
        if got is None or got.shape != expected.shape:
            raise ExportError(
                f'The answer "{name}" must have the shape {expected.shape}; the file gives '
                f"{None if got is None else got.shape}."
            )
        apart = np.abs(got.astype(np.float64) - expected.astype(np.float64))
        differences.append(float(apart.max(initial=0.0)) / program.units.get(name, 1.0))
    return float(np.max(differences))  # which is NaN where one is


@contextlib.contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """A place beside the path, which is gone afterwards."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror}.") from error
    try:
        yield folder / path.name
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put(draft: Path, path: Path) -> None:
    """To its place; what else lies in an older folder stays there."""
    for part in sorted(draft.parent.rglob("*")):  # a format may write more than one file
        place = path.parent / part.relative_to(draft.parent)
        if part.is_dir():
            place.mkdir(exist_ok=True)
        else:
            os.replace(part, place)


def _is_ours(folder: Path) -> bool:
    return any((folder / name).exists() for name in OURS)


def _described(program: Program, resized: Program, path: Path) -> Path:
    beside = path.with_name(f"{path.name}.json")
    outputs = {
        name: {"shape": _shape(array, resized.answers[name]), "dtype": array.dtype.name}
        for name, array in program.answers.items()
    }
    said = {**program.about, "inputs": described(program), "outputs": outputs}
    beside.write_text(json.dumps(said, indent=1, default=str) + "\n")
    return beside


def _shape(array: np.ndarray, resized: np.ndarray) -> list[int | str]:
    """Where it is another in rows of other sizes, a size is free."""
    pairs = zip(array.shape[1:], resized.shape[1:], strict=True)
    return ["rows", *(one if one == other else "free" for one, other in pairs)]
